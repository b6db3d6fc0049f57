import type { Style } from "./render/style.ts";

export type InterruptSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Ctrl-C and its relatives while a command that cleans up is running. */
export interface Interrupts extends Disposable {
  /** Aborted by the first signal; a second one ends the process at once. */
  readonly signal: AbortSignal;
  readonly received: () => InterruptSignal | undefined;
}

/** Everything a command may touch outside the town; tests pass their own. */
export interface Io {
  /** Rejects with `ClosedOutput` when nobody reads any more. */
  readonly out: (text: string) => Promise<void>;
  readonly err: (text: string) => Promise<void>;
  /** Asks the terminal, so only called when something is rendered for people. */
  readonly style: (stream: "stdout" | "stderr") => Promise<Style>;
  /** The whole of standard input. */
  readonly stdin: () => Promise<string>;
  /** Aborted at the end of standard input. */
  readonly stdinEnd: () => AbortSignal;
  readonly interrupts: () => Promise<Interrupts>;
}
