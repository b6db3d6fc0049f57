/** A longer delay does not fit the runtime's timers: it would fire at once. About 24.8 days. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Acts once after `ms`, however long that is and never early; disposing calls it off.
 * @param options.holds whether it keeps the process alive; default true
 */
export function longTimer(
  ms: number,
  action: () => void,
  { holds = true }: { readonly holds?: boolean } = {},
): Disposable {
  const end = performance.now() + ms;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const arm = (left: number): void => {
    timer = setTimeout(ring, Math.min(left, LONGEST_TIMER_MS));
    if (!holds) timer.unref();
  };
  const ring = (): void => {
    const left = end - performance.now();
    if (left > 0) arm(left);
    else action();
  };
  arm(ms);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

export interface Deadline extends Disposable {
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
}

/** `AbortSignal.timeout` for any duration; it does not keep the process alive. */
export function deadline(ms: number): Deadline {
  const controller = new AbortController();
  const expire = (): void => controller.abort(new DOMException("time is up", "TimeoutError"));
  const timer = longTimer(ms, expire, { holds: false });
  return { signal: controller.signal, [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
