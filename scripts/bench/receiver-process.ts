import { join } from "node:path";

export const RAW_QUEUE = "bench:queue";

export interface ReceiverOptions {
  readonly url: string;
  /** The list that gets the latency of each hand-off in µs. */
  readonly answers: string;
  /** Empty: a bare BLPOP on `RAW_QUEUE`. */
  readonly town: string;
  readonly agent: string;
  readonly hostId: string;
}

/** Starts the receiving end of hand-offs in a process of its own. */
export function startReceiver(options: ReceiverOptions): AsyncDisposable {
  const script = join(import.meta.dir, "receiver.ts");
  const child = Bun.spawn([process.execPath, script, JSON.stringify(options)], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
