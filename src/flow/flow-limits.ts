import { formatDuration } from "../util/duration.ts";
import { longTimer } from "../util/long-timer.ts";
import type { FlowEnding } from "./flow-ending.ts";

/** What ends a flow from outside: signals and its time limit. */
export class FlowLimits implements Disposable {
  readonly #ending: FlowEnding;
  readonly #interrupt: AbortSignal;
  readonly #onInterrupt = (): void => this.#interrupted();
  #timer: Disposable | undefined;

  /** @param interrupt aborted by SIGINT, SIGTERM and SIGHUP; the reason's message names the signal */
  constructor(ending: FlowEnding, interrupt: AbortSignal) {
    this.#ending = ending;
    this.#interrupt = interrupt;
    if (interrupt.aborted) this.#interrupted();
    else interrupt.addEventListener("abort", this.#onInterrupt, { once: true });
  }

  /** Counted from now. Does not hold the process: a flow that waits for nothing ends before. */
  limit(ms: number): void {
    this.#timer?.[Symbol.dispose]();
    const text = ms < 1_000 ? `${ms / 1_000} s` : formatDuration(ms);
    const message = `The flow did not finish within ${text}`;
    const stop = (): void => this.#ending.stop("timeout", message);
    this.#timer = longTimer(ms, stop, { holds: false });
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#interrupt.removeEventListener("abort", this.#onInterrupt);
  }

  #interrupted(): void {
    const cause: unknown = this.#interrupt.reason;
    const text = cause instanceof Error ? cause.message : String(cause);
    const name = /SIG[A-Z]+/.exec(text)?.[0] ?? "SIGINT";
    const reason = name === "SIGINT" ? "interrupted" : "terminated";
    this.#ending.stop(reason, `Interrupted by ${name}`);
  }
}
