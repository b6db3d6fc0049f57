import { durationMs } from "./duration-option.ts";
import type { FlowCall, FlowRun } from "./flow-run.ts";

/** As `run.call`, for each item; what is open ends when the flow's code leaves its loop. */
export function flowStream<T>(
  run: FlowRun,
  call: FlowCall,
  open: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncIterableIterator<T> {
  const stop = new AbortController();
  const left = countdown(call.timeout);
  let items: AsyncIterator<T> | undefined;
  const next = (): Promise<IteratorResult<T>> =>
    run.call({ ...call, timeout: left(), background: true }, async (signal) => {
      signal.addEventListener("abort", () => stop.abort(signal.reason), { once: true });
      items ??= open(stop.signal)[Symbol.asyncIterator]();
      return await items.next();
    });
  const leave = async (): Promise<IteratorResult<T>> => {
    stop.abort();
    // Lets a generator that waits in its `yield` close what it has open.
    await run.asHost(async () => items?.return?.()).catch(() => undefined);
    return { done: true, value: undefined };
  };
  const iterator: AsyncIterableIterator<T> = {
    next,
    return: leave,
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

/** What is left of a time limit that all items share. */
function countdown(timeout: unknown): () => number | undefined {
  if (timeout === undefined) return () => undefined;
  const deadline = performance.now() + durationMs(timeout, "timeout");
  return () => Math.max(0, deadline - performance.now());
}
