import { TimeoutError } from "../core/errors.ts";
import type { TownEvent } from "../core/event.ts";
import { abortable } from "../util/abortable.ts";
import { deadline } from "../util/long-timer.ts";
import type { Town } from "./town.ts";

export interface UntilOptions<T> {
  /** Looks; undefined means "not yet". Called at once and after every relevant event. */
  readonly probe: () => Promise<T | undefined>;
  readonly relevant?: (event: TownEvent) => boolean;
  readonly timeoutMs?: number | undefined;
  /** For the time-out: who was waited for, and what holds it. */
  readonly describe: () => string;
  readonly signal?: AbortSignal | undefined;
}

/** Waits until a probe answers, woken by the town's events. @throws TimeoutError E_TIMEOUT */
export async function until<T>(town: Town, options: UntilOptions<T>): Promise<T> {
  const { probe, timeoutMs, signal } = options;
  using limit = timeoutMs === undefined ? undefined : deadline(timeoutMs);
  const late = limit?.signal;
  const either = AbortSignal.any([signal, late].filter((s) => s !== undefined));
  try {
    using subscription = await town.feed.subscribe(options.relevant, either);
    for (;;) {
      const value = await abortable(probe(), either);
      if (value !== undefined) return value;
      await subscription.next(either);
    }
  } catch (error) {
    const outOfTime = late?.aborted && !signal?.aborted && error === late.reason;
    throw outOfTime ? new TimeoutError(options.describe()) : error;
  }
}
