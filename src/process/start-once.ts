import { TimeoutError } from "../core/errors.ts";
import { sleep } from "../util/sleep.ts";
import { type HeldLock, tryHoldLock } from "./hold-lock.ts";

export interface StartOnceOptions<T> {
  /** What is started, for messages: `the server of town "demo"`. */
  readonly what: string;
  /** File whose lock makes one process the starter; its directory is made when missing. */
  readonly lockFile: string;
  /** Looks for the thing; `undefined` when it is absent or not yet answering. Called repeatedly. */
  readonly probe: () => Promise<T | undefined>;
  /** Starts it; runs under the lock, after a probe has found nothing. */
  readonly start: () => Promise<T>;
  /** Bound on waiting for another starter. Default: 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 20;

/**
 * Finds something that any of several processes may start, or starts it: of all processes that call
 * this at once exactly one runs `start`; the others return as soon as their `probe` answers. A
 * starter that dies is replaced by one of those that wait.
 * Throws `TimeoutError` when another starter takes longer than `timeoutMs`.
 */
export async function startOnce<T>(options: StartOnceOptions<T>): Promise<T> {
  const { what, lockFile, probe, start, timeoutMs = 30_000, signal } = options;
  const deadline = performance.now() + timeoutMs;
  let wait = FIRST_WAIT_MS;
  for (;;) {
    signal?.throwIfAborted();
    const found = await probe();
    if (found !== undefined) return found;
    const lock = await tryHoldLock(lockFile);
    if (lock) return probeAndStart(lock, probe, start);
    if (performance.now() > deadline) throw stillStarting(what, timeoutMs);
    // The other starter has no way to tell us: neither its lock nor what it starts is known to it
    // as ours. Small growing waits keep the loss below what a start takes.
    await sleep(wait, signal);
    wait = Math.min(wait * 1.3, LONGEST_WAIT_MS);
  }
}

async function probeAndStart<T>(
  lock: HeldLock,
  probe: () => Promise<T | undefined>,
  start: () => Promise<T>,
): Promise<T> {
  try {
    // Someone may have started it between our probe and the lock.
    return (await probe()) ?? (await start());
  } finally {
    lock.release();
  }
}

function stillStarting(what: string, timeoutMs: number): TimeoutError {
  return new TimeoutError(
    `Cannot start ${what}: another process has been starting it for ${timeoutMs / 1000} s`,
    "look for a hanging tt process, end it and try again",
  );
}
