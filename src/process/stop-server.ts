import { sleep } from "../util/sleep.ts";
import type { ServerPaths } from "./server-paths.ts";
import { findServerPid, serverExits, signalServer } from "./server-pid.ts";

export interface StopServerOptions {
  /** Time for an orderly end before the server is killed. Default: 10 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** `killed`: it did not end by itself; acknowledged data is still safe, since it was written. */
export type StopServerOutcome = "stopped" | "killed" | "absent";

/** Ends the server of a data directory and returns when its process is gone. */
export async function stopServer(
  paths: ServerPaths,
  { timeoutMs = 10_000, signal }: StopServerOptions = {},
): Promise<StopServerOutcome> {
  const pid = findServerPid(paths);
  if (pid === undefined) return "absent";
  const deadline = performance.now() + timeoutMs;
  const closed = await watchConnection(paths.socket);
  signalServer(pid, "SIGTERM");
  await closed(timeoutMs, signal);
  const remaining = Math.max(deadline - performance.now(), 100);
  if (await serverExits(paths, pid, { timeoutMs: remaining, signal })) return "stopped";
  signalServer(pid, "SIGKILL");
  await serverExits(paths, pid, { timeoutMs, signal });
  return "killed";
}

/** A connection ends with the server, which saves asking again and again whether it lives. */
async function watchConnection(socket: string) {
  const closed = Promise.withResolvers<void>();
  const connection = await Bun.connect({
    unix: socket,
    socket: { data: () => {}, close: () => closed.resolve(), error: () => closed.resolve() },
  }).catch(() => undefined);
  if (!connection) closed.resolve();
  return async (timeoutMs: number, signal?: AbortSignal) => {
    const over = new AbortController();
    const stop = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
    try {
      await Promise.race([closed.promise, sleep(timeoutMs, stop)]);
    } finally {
      over.abort();
      connection?.terminate();
    }
  };
}
