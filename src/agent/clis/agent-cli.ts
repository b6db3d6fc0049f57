import type { TurnOutcome } from "../../core/turn.ts";

/** What one turn asks of an agent's CLI. */
export interface TurnRequest {
  readonly prompt: string;
  /** Absolute path of a file that already holds the prompt. */
  readonly promptFile: string;
  readonly model: string | undefined;
  /** A fresh UUID, for CLIs that let the caller name the conversation. */
  readonly sessionId: string;
  /** The conversation to go on with; undefined starts a new one. */
  readonly resume: string | undefined;
  /** Absolute. */
  readonly cwd: string;
}

/** How to start the CLI for one turn. */
export interface Invocation {
  readonly argv: readonly string[];
  /** On top of the cleaned child environment. */
  readonly env: Readonly<Record<string, string>>;
  /** "prompt": the host writes the prompt and ends the stream; "none": /dev/null. */
  readonly stdin: "prompt" | "none";
}

/** Why a turn did not end well, as the CLI told it. */
export interface CliProblem {
  readonly outcome: TurnOutcome;
  /** One line, for people. */
  readonly reason: string;
  /** How long the provider asks to wait, where it says so. */
  readonly retryAfterMs?: number | undefined;
}

/** What the output of one turn says. */
export interface CliReport {
  /** The final answer; empty where there was none. */
  readonly text: string;
  /** The CLI's own id of the conversation; undefined where it named none or it is lost. */
  readonly sessionId: string | undefined;
  /** The conversation is unknown or full: forget it, the next turn starts a new one. */
  readonly sessionLost: boolean;
  readonly problem: CliProblem | undefined;
  /** The CLI said that it reached its end; always true for CLIs that print plain text. */
  readonly final: boolean;
}

export interface CliExit {
  readonly code: number | undefined;
  /** The last kilobytes of the standard error stream. */
  readonly stderrTail: string;
}

/** Reads the output of one turn. Never throws, whatever the lines are. */
export interface OutputParser {
  /** One line of standard output, without its line end. */
  line(line: string): void;
  end(exit: CliExit): CliReport;
}

/** One external AI CLI, driven headless: one process per turn. */
export interface AgentCli {
  readonly name: string;
  /** argv[0], to find out whether it is installed. */
  readonly executable: string;
  /** @throws UsageError when the CLI cannot be run as asked, e.g. without a model */
  invocation(request: TurnRequest): Invocation;
  parser(): OutputParser;
}
