import { command } from "../command.ts";
import { readLicences } from "../licences.ts";

export const licensesCommand = command({
  name: "licenses",
  description: "Print the licences of everything inside tt",
  examples: ["tt licenses", "tt licenses | less"],
  needs: "nothing",
  run: () => readLicences(),
  render: (parts) =>
    parts.map(({ name, text }) => `=== ${name} ===\n\n${text.trim()}\n`).join("\n"),
});
