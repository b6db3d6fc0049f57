import { readClaudeEvent } from "./claude.ts";
import type { CliSpec } from "./cli-spec.ts";
import { option } from "./cli-spec.ts";
import { jsonOutput } from "./json-output.ts";

/** Augment's Auggie: one JSON object at the end, in the shape of Claude's; errors on stderr only. */
export const auggie: CliSpec = {
  name: "auggie",
  command: ["auggie"],
  args: ({ model, resume, promptFile }) => [
    "--print",
    "--output-format",
    "json",
    // By default it retries a refused request for over five minutes.
    "--retry-timeout",
    "60",
    ...option("--resume", resume),
    ...option("--model", model),
    "--instruction-file",
    promptFile,
  ],
  stdin: "none",
  parser: () => jsonOutput(readClaudeEvent),
};
