import { chmod, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { TimeoutError, UnavailableError } from "../core/errors.ts";
import { sleep } from "../util/sleep.ts";
import { probeServer, type ServerState } from "./probe-server.ts";
import type { ServerPaths } from "./server-paths.ts";
import { findServerPid, serverExits, signalServer } from "./server-pid.ts";
import { type ServerChild, type SpawnServerOptions, spawnServer } from "./spawn-server.ts";
import { startOnce } from "./start-once.ts";

interface WaitOptions {
  /** Bound on loading the data and answering. Default: 60 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface StartServerOptions extends SpawnServerOptions, WaitOptions {}

export interface EnsureServerOptions extends Omit<SpawnServerOptions, "executable">, WaitOptions {
  /** Finds the program; called only when the server has to be started. */
  readonly executable: () => Promise<string>;
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** Exit code of a server that finds its data directory locked by another one. */
const LOCKED = 75;
const LOCKED_RETRY_MS = 20;
/** A server that is alive but cannot be reached gets this long to appear or to end. */
const UNREACHABLE_GRACE_MS = 2000;
const LONGEST_WAIT_MS = 25;

/**
 * Makes sure that a server answers on the socket: finds it, or starts exactly one however many
 * processes ask at once. Call it again when a connection fails: a server that is just ending may
 * still have answered the probe.
 */
export async function ensureServer(
  paths: ServerPaths,
  options: EnsureServerOptions,
): Promise<"found" | "started"> {
  const { executable, timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  try {
    return await startOnce<"found" | "started">({
      what: `the server of "${paths.dataDirectory}"`,
      lockFile: paths.startLock,
      probe: async () => ((await ask(paths, timeoutMs)) === "up" ? "found" : undefined),
      start: async () => {
        await startServer(paths, { ...options, executable: await executable() });
        return "started";
      },
      timeoutMs,
      signal,
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    throw unreachableServer(error.message, paths, error.hint);
  }
}

/** A hung server must not use up more than the time that is left. */
function ask(paths: ServerPaths, remainingMs: number): Promise<ServerState> {
  return probeServer(paths.socket, { timeoutMs: Math.min(Math.max(remainingMs, 1), 1000) });
}

/** Starts the server and returns when it answers. Only one process at a time may do this. */
export async function startServer(paths: ServerPaths, options: StartServerOptions): Promise<void> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const wait: Wait = { deadline: performance.now() + timeoutMs, signal };
  await prepareFiles(paths);
  for (;;) {
    if ((await awaitPrevious(paths, wait)) === "up") return;
    if ((await becomesReady(spawnServer(paths, options), paths, wait)) === "up") return;
    // A server that ends holds its lock a little longer than its pid, by threads and children.
    if (performance.now() > wait.deadline) {
      throw unreachableServer(`Data directory "${paths.dataDirectory}" is locked`, paths);
    }
    await sleep(LOCKED_RETRY_MS, signal);
  }
}

interface Wait {
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

async function prepareFiles(paths: ServerPaths): Promise<void> {
  // sun_path has 108 bytes on Linux and 104 on macOS, the closing NUL included.
  const longest = process.platform === "darwin" ? 103 : 107;
  if (Buffer.byteLength(paths.socket) > longest) {
    throw unreachableServer(
      `Cannot start the server: socket path "${paths.socket}" is longer than ${longest} bytes`,
      paths,
      "choose a shorter socket_path",
    );
  }
  try {
    for (const file of [paths.socket, paths.pidFile, paths.logFile]) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    }
    await mkdir(paths.dataDirectory, { recursive: true });
    await chmod(paths.dataDirectory, 0o700);
  } catch (cause) {
    throw unreachableServer(
      `Cannot start the server: "${paths.dataDirectory}" cannot be prepared`,
      paths,
      "check the owner, the permissions and the free space of the directory",
      cause,
    );
  }
}

/**
 * Deals with a server of this data directory that does not answer: it ends, it loads its data for a
 * starter that died, it has lost its socket (then it is ended), or it hangs (an error names it).
 */
async function awaitPrevious(
  paths: ServerPaths,
  { deadline, signal }: Wait,
): Promise<"up" | "none"> {
  const graceEnd = performance.now() + UNREACHABLE_GRACE_MS;
  for (let wait = 1; ; wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)) {
    const pid = findServerPid(paths);
    if (pid === undefined) return "none";
    const state = await ask(paths, deadline - performance.now());
    if (state === "up") return "up";
    if (performance.now() > deadline) {
      throw unreachableServer(
        `Server process ${pid} of "${paths.dataDirectory}" does not answer`,
        paths,
        `if it hangs, end it with: kill -9 ${pid}`,
      );
    }
    if (state === "down" && performance.now() > graceEnd) {
      signalServer(pid, "SIGTERM");
      await serverExits(paths, pid, { timeoutMs: deadline - performance.now(), signal });
    }
    await sleep(wait, signal);
  }
}

/** `locked`: the process has ended because another server still has the data directory. */
async function becomesReady(
  child: ServerChild,
  paths: ServerPaths,
  { deadline, signal }: Wait,
): Promise<"up" | "locked"> {
  const exited = child.exited.then(() => "exited" as const);
  try {
    // A server announces readiness only to systemd, so it is asked; it takes about 2 ms to come up.
    for (let wait = 1; ; wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)) {
      if ((await ask(paths, deadline - performance.now())) === "up") return "up";
      if ((await Promise.race([exited, sleep(wait, signal)])) === "exited") break;
      if (performance.now() > deadline) {
        throw unreachableServer(`The server on "${paths.socket}" does not answer`, paths);
      }
    }
  } catch (error) {
    child.kill("SIGTERM");
    throw error;
  }
  if (child.exitCode === LOCKED) return "locked";
  const reason = (await lastLogLine(paths, child)) ?? "it left no message; is the disk full?";
  throw unreachableServer(
    `Cannot start the server of "${paths.dataDirectory}", it ended with ${child.exitCode ?? child.signalCode}: ${reason}`,
    paths,
  );
}

/** What this start has logged last, without process number and time. */
async function lastLogLine(paths: ServerPaths, child: ServerChild): Promise<string | undefined> {
  const text = await Bun.file(paths.logFile)
    .slice(child.logStart)
    .text()
    .catch(() => "");
  const line = text.trim().split("\n").at(-1);
  return line?.replace(/^\d+:\w .*?\d\d:\d\d:\d\d\.\d+ \S /, "") || undefined;
}

function unreachableServer(
  message: string,
  paths: ServerPaths,
  hint = `see "${paths.logFile}"`,
  cause?: unknown,
): UnavailableError {
  return new UnavailableError({ code: "E_REDIS_UNREACHABLE", message, hint, cause });
}
