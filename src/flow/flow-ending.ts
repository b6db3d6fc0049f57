import type { FlowReason } from "./flow-events.ts";
import { ExitRequest } from "./flow-process.ts";
import type { FlowRun } from "./flow-run.ts";
import { TownError } from "./town-error.ts";

export type StopReason = Extract<FlowReason, "timeout" | "interrupted" | "terminated">;

/** Why a flow ends before its code has. */
export type EndCause =
  | { readonly kind: "stopped"; readonly reason: StopReason; readonly error: TownError }
  | { readonly kind: "exit"; readonly exitCode: number }
  | { readonly kind: "error"; readonly error: unknown };

/** Even a late part of cleaning up gets this long. */
const LEAST_MS = 1_000;

/** What an ending does to a run. */
type EndedRun = Pick<FlowRun, "signal" | "abort" | "emit">;

const RANK = { interrupted: 4, terminated: 4, timeout: 3, error: 2, exit: 1 } as const;

/** Collects what ends a flow; the gravest cause counts, the others are kept beside it. */
export class FlowEnding {
  readonly #run: EndedRun;
  readonly #ended = Promise.withResolvers<void>();
  readonly #suppressed: unknown[] = [];
  #cause: EndCause | undefined;
  #endedAt: number | undefined;

  constructor(run: EndedRun) {
    this.#run = run;
  }

  get cause(): EndCause | undefined {
    return this.#cause;
  }

  get suppressed(): readonly unknown[] {
    return this.#suppressed;
  }

  /** Resolves with the first cause. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Milliseconds left of a budget that began with the first cause; all of it while there is none. */
  remaining(budgetMs: number): number {
    if (this.#endedAt === undefined) return budgetMs;
    return Math.max(LEAST_MS, this.#endedAt + budgetMs - performance.now());
  }

  /** The town is out of reach, so that nothing in it can be cleaned up. */
  get isTownGone(): boolean {
    const error = this.#cause?.kind === "error" ? this.#cause.error : undefined;
    return error instanceof TownError && error.code === "TOWN_UNAVAILABLE";
  }

  /** An error that nobody caught. */
  fail(error: unknown): void {
    // What the abort itself made calls reject with is no news.
    const isEcho = error instanceof ExitRequest || error === this.#run.signal.reason;
    if (isEcho || isCausedBy(error, this.#run.signal.reason)) return;
    this.#add({ kind: "error", error });
  }

  exit(request: ExitRequest): void {
    this.#add({ kind: "exit", exitCode: request.exitCode });
  }

  stop(reason: StopReason, message: string): void {
    const code = reason === "timeout" ? "TIMEOUT" : "ABORTED";
    this.#add({ kind: "stopped", reason, error: new TownError({ code, message }) });
    const again = reason === "interrupted" ? " (Ctrl-C again ends it at once)" : "";
    const text = `${message}; cleaning up${again}`;
    this.#run.emit({ type: "flow.log", level: "warn", text });
  }

  #add(cause: EndCause): void {
    const graver = this.#cause === undefined || rank(cause) > rank(this.#cause);
    const other = graver ? this.#cause : cause;
    if (graver) this.#cause = cause;
    if (other !== undefined && other.kind === "error") this.#suppressed.push(other.error);
    this.#endedAt ??= performance.now();
    this.#run.abort(abortReason(cause));
    this.#ended.resolve();
  }
}

function rank(cause: EndCause): number {
  return cause.kind === "stopped" ? RANK[cause.reason] : RANK[cause.kind];
}

/** What pending calls of the flow's code reject with. */
function abortReason(cause: EndCause): TownError {
  switch (cause.kind) {
    case "stopped":
      return cause.error;
    case "exit":
      return new TownError({
        code: "ABORTED",
        message: "The flow is ending: process.exit was called",
      });
    case "error":
      return new TownError({
        code: "ABORTED",
        message: "The flow is ending because of an error nobody caught",
        cause: cause.error,
      });
  }
}

function isCausedBy(error: unknown, reason: unknown): boolean {
  return error instanceof Error && reason !== undefined && error.cause === reason;
}
