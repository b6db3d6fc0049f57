import { closeSync, fstatSync, openSync } from "node:fs";
import { UnavailableError } from "../core/errors.ts";
import { lifeLock, type ServerPaths } from "./server-paths.ts";

export interface SpawnServerOptions {
  readonly executable: string;
  /** `always` survives a power cut at the price of a disk write per command. Default: `everysec`. */
  readonly appendFsync?: "everysec" | "always";
}

export interface ServerChild {
  readonly pid: number;
  readonly exited: Promise<number>;
  readonly exitCode: number | null;
  readonly signalCode: string | number | null;
  /** Length of the log before this start, in bytes. */
  readonly logStart: number;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

/** Starts the server's process in a session of its own; it outlives this one. */
export function spawnServer(paths: ServerPaths, options: SpawnServerOptions): ServerChild {
  const { executable } = options;
  // What a server says before it has opened its log, or when it cannot, still ends up in it.
  const log = openSync(paths.logFile, "a", 0o600);
  const logStart = fstatSync(log).size;
  try {
    const child = Bun.spawn([executable, ...serverFlags(paths, options)], {
      cwd: paths.dataDirectory,
      detached: true,
      stdio: ["ignore", log, log],
      // Nothing else: the user's API keys have no business in the server's environment.
      env: { LC_ALL: "C", TT_LOCK: lifeLock(paths) },
    });
    child.unref();
    return Object.assign(child, { logStart });
  } catch (cause) {
    throw new UnavailableError({
      code: "E_REDIS_MISSING",
      message: `Cannot start the server: "${executable}" cannot be run`,
      hint: "check that the file exists and that its file system allows programs (noexec)",
      cause,
    });
  } finally {
    closeSync(log);
  }
}

function serverFlags(paths: ServerPaths, options: SpawnServerOptions): string[] {
  const settings = {
    port: "0",
    unixsocket: paths.socket,
    unixsocketperm: "700",
    dir: paths.dataDirectory,
    pidfile: paths.pidFile,
    logfile: paths.logFile,
    daemonize: "no",
    appendonly: "yes",
    appendfsync: options.appendFsync ?? "everysec",
    // Plain commands instead of a snapshot: the one format every server family can read.
    "aof-use-rdb-preamble": "no",
    save: "",
    "maxmemory-policy": "noeviction",
    "protected-mode": "yes",
    // Tasks carry texts beyond the 64 bytes up to which small hashes are stored compactly.
    "hash-max-listpack-value": "1024",
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}
