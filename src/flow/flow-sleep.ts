import { longTimer } from "../util/long-timer.ts";
import { captureCallSite } from "./call-site.ts";
import { durationMs } from "./duration-option.ts";
import type { FlowRun } from "./flow-run.ts";

/** See `sleep` in the flow API. */
export function flowSleep(
  run: FlowRun,
  duration: unknown,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const call = { name: "sleep()", site: captureCallSite(), ...options, background: true };
  return run.call(call, (signal) => pause(durationMs(duration, "duration"), signal));
}

/** Does not hold the process: a call of the flow does, as long as its code is under way. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = longTimer(ms, resolve, { holds: false });
  signal.addEventListener("abort", () => timer[Symbol.dispose](), { once: true });
  await promise;
}
