import { command } from "../command.ts";

export const typesCommand = command({
  name: "types",
  description: "Print the declarations of the flow API, for editors",
  details: `Put them into the project and name them in its tsconfig.json:
"compilerOptions": { "types": ["./tinytown.d.ts"], "moduleDetection": "force", "target": "esnext",
"module": "preserve", "strict": true, "allowImportingTsExtensions": true, "noEmit": true }`,
  examples: ["tt types > tinytown.d.ts"],
  needs: "nothing",
  run: async () => {
    const { flowTypes } = await import("../../flow/flow-types.ts");
    return { types: flowTypes() };
  },
  render: ({ types }) => types,
});
