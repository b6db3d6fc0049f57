import type { CliSpec } from "./cli-spec.ts";
import { option } from "./cli-spec.ts";
import { textOutput } from "./text-output.ts";

/** Aider: plain text, no conversations, and exit code 0 even where the model could not be reached. */
export const aider: CliSpec = {
  name: "aider",
  command: ["aider"],
  args: ({ model, promptFile }) => [
    "--yes-always",
    "--no-auto-commits",
    "--no-check-update",
    "--analytics-disable",
    "--no-pretty",
    "--no-stream",
    "--no-fancy-input",
    "--no-detect-urls",
    ...option("--model", model),
    "--message-file",
    promptFile,
  ],
  stdin: "none",
  parser: () => textOutput({ failure: /\blitellm\.(exceptions\.)?\w*Error\b/ }),
};
