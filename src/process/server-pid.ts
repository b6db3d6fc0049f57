import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import { sleep } from "../util/sleep.ts";
import { lifeLock, type ServerPaths } from "./server-paths.ts";

/**
 * The process that serves this data directory, whether or not it answers. A pid in a file proves
 * nothing, since pids are reused: the process must also work in the data directory.
 */
export function findServerPid(paths: ServerPaths): number | undefined {
  // A server writes its life lock before it opens its socket and its pid file after that.
  const recorded = [paths.pidFile, lifeLock(paths)].map(readPid);
  return recorded.find((pid) => pid !== undefined && servesDirectory(pid, paths));
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined; // no file, no server
  }
}

function servesDirectory(pid: number, paths: ServerPaths): boolean {
  if (process.platform !== "linux") return isServerCommand(pid);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(paths.dataDirectory);
  } catch {
    return false; // gone, a zombie, or somebody else's
  }
}

function isServerCommand(pid: number): boolean {
  const { stdout } = Bun.spawnSync(["ps", "-p", String(pid), "-o", "stat=,command="]);
  return /^[^Z].*(valkey|redis)/.test(stdout.toString().trim());
}

export interface ServerExitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Waits for a server that is ending; whether it ended. The kernel tells only parents of an exit. */
export async function serverExits(
  paths: ServerPaths,
  pid: number,
  { timeoutMs, signal }: ServerExitOptions,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let wait = 1; servesDirectory(pid, paths); wait = Math.min(wait * 2, 25)) {
    if (performance.now() > deadline) return false;
    await sleep(wait, signal);
  }
  return true;
}

/** Sends a signal; a process that has just ended is as good as one that obeys. */
export function signalServer(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
