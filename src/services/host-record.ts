import { readFileSync } from "node:fs";
import { isAlive, type ProcessIdentity } from "../process/alive.ts";
import type { Town } from "./town.ts";

export type TownFiles = Pick<Town, "paths">;

export interface HostRecord extends ProcessIdentity {
  /** It has taken its agents over; before that it is starting, and will. */
  readonly ready: boolean;
}

/** The live host of this machine, from its record; two file reads, no connection. */
export function liveHost(town: TownFiles): HostRecord | undefined {
  const record = readRecord(town);
  return record !== undefined && isAlive(record) ? record : undefined;
}

function readRecord({ paths }: TownFiles): HostRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(paths.hostFile, "utf8"));
    if (typeof record !== "object" || record === null) return undefined;
    const { pid, startTime, ready }: { pid?: unknown; startTime?: unknown; ready?: unknown } =
      record;
    if (typeof pid !== "number") return undefined;
    return {
      pid,
      startTime: typeof startTime === "number" ? startTime : undefined,
      ready: ready === true,
    };
  } catch {
    return undefined; // no record, or one of an unfinished write: no host
  }
}
