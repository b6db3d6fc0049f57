import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Pids of processes that work in a directory or were started for it; none where there is no /proc. */
export function leftRunning(directory: string): readonly number[] {
  return pids().filter((pid) => {
    try {
      if (readlinkSync(`/proc/${pid}/cwd`).startsWith(directory)) return true;
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(directory);
    } catch {
      return false; // ended meanwhile, or somebody else's
    }
  });
}

function pids(): readonly number[] {
  try {
    const names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return names.map(Number).filter((pid) => pid !== process.pid);
  } catch {
    return [];
  }
}
