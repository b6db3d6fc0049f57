import { longTimer } from "./long-timer.ts";

/** Waits; rejects with the signal's reason as soon as it is aborted. Pure delays only, never to synchronise. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (signal?.aborted) {
    reject(signal.reason);
    return promise;
  }
  const abort = () => {
    timer[Symbol.dispose]();
    reject(signal?.reason);
  };
  const timer = longTimer(ms, () => {
    signal?.removeEventListener("abort", abort);
    resolve();
  });
  signal?.addEventListener("abort", abort, { once: true });
  return promise;
}
