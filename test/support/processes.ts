import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Processes that have to do with a directory: their program, arguments, environment or working
 * directory name it. Zombies have none of these any more.
 */
export function processesOf(directory: string): readonly FoundProcess[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).flatMap((pid) => {
    if (pid === process.pid) return [];
    const command = read(pid, "cmdline").replaceAll("\0", " ").trim();
    const traces = [command, read(pid, "environ"), link(pid, "cwd"), link(pid, "exe")];
    return traces.some((trace) => trace.includes(directory)) ? [{ pid, command }] : [];
  });
}

/** Whether the process runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  return /^\d+ \(.*\) [^ZX]/s.test(read(pid, "stat"));
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // ended meanwhile
  }
}

function link(pid: number, name: string): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return ""; // ended meanwhile
  }
}
