import { parseDuration } from "../util/duration.ts";
import { TownError } from "./town-error.ts";

/** A `Duration` of the flow API in milliseconds. */
export function durationMs(duration: unknown, what: string): number {
  if (typeof duration === "number" && Number.isFinite(duration) && duration >= 0) return duration;
  const hasUnit = typeof duration === "string" && /[a-z]$/i.test(duration.trim());
  const parsed = hasUnit ? parseDuration(duration) : undefined;
  if (parsed !== undefined) return parsed;
  throw new TownError({
    code: "INVALID_ARGUMENT",
    message: `Invalid ${what} ${JSON.stringify(duration) ?? String(duration)}`,
    hint: 'use milliseconds, or a string such as "500ms", "30s", "10m", "2h"',
  });
}
