import { readClaudeEvent } from "./claude.ts";
import type { CliSpec } from "./cli-spec.ts";
import { option, promptArgument } from "./cli-spec.ts";
import { jsonOutput } from "./json-output.ts";

/** Cursor's agent (`cursor` itself is the editor). It takes the prompt only as an argument. */
export const cursor: CliSpec = {
  name: "cursor",
  command: ["cursor-agent"],
  args: (request) => [
    "--print",
    "--force",
    "--trust",
    "--output-format",
    "stream-json",
    ...option("--resume", request.resume),
    ...option("--model", request.model),
    promptArgument(request),
  ],
  stdin: "none",
  parser: () => jsonOutput(readClaudeEvent),
};
