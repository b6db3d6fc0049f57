import type { AgentCli, Invocation, OutputParser, TurnRequest } from "./agent-cli.ts";

/** An adapter as data: what a preset file declares and what `extends` builds upon. */
export interface CliSpec {
  readonly name: string;
  /** The program and its leading words; `command` beside `extends` replaces it. */
  readonly command: readonly string[];
  /** What follows `command`; `request.model` is the one to use. */
  readonly args: (request: TurnRequest) => readonly string[];
  readonly stdin: Invocation["stdin"];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Environment that depends on the turn. */
  readonly turnEnv?: ((request: TurnRequest) => Readonly<Record<string, string>>) | undefined;
  /** Used where the agent names none. */
  readonly model?: string | undefined;
  readonly parser: () => OutputParser;
}

export function agentCliFrom(spec: CliSpec): AgentCli {
  return {
    name: spec.name,
    executable: spec.command[0] ?? spec.name,
    invocation: (asked) => {
      const request = { ...asked, model: asked.model ?? spec.model };
      return {
        argv: [...spec.command, ...spec.args(request)],
        env: { ...spec.turnEnv?.(request), ...spec.env },
        stdin: spec.stdin,
      };
    },
    parser: spec.parser,
  };
}

/** `[flag, value]`, or nothing without a value. */
export function option(flag: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [flag, value];
}

/** Linux refuses one argument of 128 KiB; other systems refuse less than a few of them. */
export const MAX_PROMPT_ARGUMENT_BYTES = 100_000;

/** The prompt as a positional argument, for CLIs that read it from nowhere else. */
export function promptArgument(request: TurnRequest): string {
  if (Buffer.byteLength(request.prompt) > MAX_PROMPT_ARGUMENT_BYTES) {
    return `Read the file ${request.promptFile} completely and do what it says.`;
  }
  // A prompt that starts with a dash would be taken for an option.
  return request.prompt.startsWith("-") ? `\n${request.prompt}` : request.prompt;
}
