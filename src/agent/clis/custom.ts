import type { CliSpec } from "./cli-spec.ts";
import { textOutput } from "./text-output.ts";

/**
 * A user's own command: the prompt on standard input, plain text back. What has no place on its
 * command line is in its environment, for `sh -c 'my-cli --file "$TINYTOWN_PROMPT_FILE"'`.
 */
export function customCli(name: string, argv: readonly string[]): CliSpec {
  return {
    name,
    command: argv,
    args: () => [],
    stdin: "prompt",
    turnEnv: ({ promptFile, model }) => ({
      TINYTOWN_PROMPT_FILE: promptFile,
      ...(model === undefined ? {} : { TINYTOWN_MODEL: model }),
    }),
    parser: () => textOutput(),
  };
}
