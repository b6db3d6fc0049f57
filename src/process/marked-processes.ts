import { readdirSync, readFileSync } from "node:fs";

/**
 * Pids whose environment holds `name=value`, this process excluded. Tools that an agent's CLI runs
 * put themselves into sessions of their own, out of reach of a group kill; the marker they inherit
 * still tells whose they are. Empty where there is no /proc.
 */
export function markedProcesses(name: string, value: string): readonly number[] {
  const marker = `\0${name}=${value}\0`;
  return processIds().filter((pid) => pid !== process.pid && environment(pid).includes(marker));
}

/** Ends them all at once; children that are started meanwhile are found in the next look. */
export function killMarkedProcesses(name: string, value: string): number {
  let killed = 0;
  for (let look = 0; look < 5; look++) {
    const pids = markedProcesses(name, value);
    if (pids.length === 0) break;
    for (const pid of pids) killed += kill(pid);
  }
  return killed;
}

function kill(pid: number): number {
  try {
    process.kill(pid, "SIGKILL");
    return 1;
  } catch {
    return 0; // it ended by itself
  }
}

function processIds(): readonly number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return []; // no /proc on this system
  }
}

function environment(pid: number): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`;
  } catch {
    return ""; // ended meanwhile, or another user's
  }
}
