import { readFileSync } from "node:fs";

/** A process, told apart from a later one that got the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot at which it started; undefined where the system does not tell. */
  readonly startTime: number | undefined;
}

export function processIdentity(pid: number): ProcessIdentity {
  return { pid, startTime: statFields(pid)?.startTime };
}

/** Whether exactly this process still runs; a zombie does not. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (process.platform !== "linux") return signalReaches(identity.pid);
  const now = statFields(identity.pid);
  if (now === undefined || now.state === "Z" || now.state === "X") return false;
  return identity.startTime === undefined || identity.startTime === now.startTime;
}

/** Fields 3 and 22 of /proc/<pid>/stat (proc_pid_stat(5)); the name before them may hold anything. */
function statFields(pid: number): { state: string; startTime: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, startTime: Number(rest[18]) };
  } catch {
    return undefined; // no such process, or no /proc
  }
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Signals exactly this process; quiet when it has ended. */
export function signalProcess(identity: ProcessIdentity, name: "SIGTERM" | "SIGKILL"): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch {
    // it ended between the look and the signal
  }
}
