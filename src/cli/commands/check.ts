import { UsageError } from "../../core/errors.ts";
import { renderProblems } from "../../flow/render-problems.ts";
import { command } from "../command.ts";
import { EXIT } from "../exit.ts";

export const checkCommand = command({
  name: "check",
  description: "Check the types of flows without running them",
  details: "Checks each file and what it imports, by the nearest tsconfig.json if there is one.",
  examples: ["tt check flow.ts", "tt check flows/*.ts"],
  needs: "nothing",
  args: {
    files: { type: "positional", rest: true, description: "Flows; - is standard input" },
  },
  run: async ({ args, io }) => {
    if (args.files.length === 0) throw new UsageError("Missing argument FILES");
    const { checkFlows } = await import("../../flow/check-flows.ts");
    return await checkFlows(args.files, { stdin: io.stdin });
  },
  render: ({ problems, files }, style) => {
    if (problems.length === 0)
      return files.length === 1 ? "No errors." : `${files.length} flows, no errors.`;
    const count = `${problems.length} ${problems.length === 1 ? "error" : "errors"}`;
    return `${renderProblems(problems, style)}\n${count}`;
  },
  quiet: ({ problems }) => renderProblems(problems, { color: false }),
  exitCode: ({ ok }) => (ok ? EXIT.ok : EXIT.check),
});
