import { LONGEST_TIMER_MS } from "../util/long-timer.ts";

/**
 * Tells when nothing is left that could wake this process: no timer, no I/O under way, no child.
 * Bun reports that once, as `beforeExit`, before it ends the process; so this must not run below
 * a top-level `await`, which keeps Bun waiting for ever.
 */
export class LoopWatch implements Disposable {
  readonly #listener = (): void => this.#nothingLeft();
  readonly #waiting = new Set<() => void>();
  #hold: ReturnType<typeof setInterval> | undefined;

  constructor() {
    process.on("beforeExit", this.#listener);
  }

  /** Resolves when nothing is left; from then on the process is held. */
  drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    return promise;
  }

  /** Keeps the process alive: for waits of tt's own that nothing else shows. */
  hold(): void {
    this.#hold ??= setInterval(() => undefined, LONGEST_TIMER_MS);
  }

  release(): void {
    if (this.#hold === undefined) return;
    clearInterval(this.#hold);
    this.#hold = undefined;
    // Bun reports again only after the event loop has run.
    setTimeout(() => undefined, 1);
  }

  /** Time passing without holding the process. */
  pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, ms).unref();
    return promise;
  }

  [Symbol.dispose](): void {
    process.off("beforeExit", this.#listener);
    this.release();
  }

  #nothingLeft(): void {
    this.hold();
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
