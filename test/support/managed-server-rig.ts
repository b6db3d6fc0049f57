import { readdirSync, readlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ServerPaths } from "../../src/process/server-paths.ts";
import { stopServer } from "../../src/process/stop-server.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** The program that the set-up has built. */
export const BUILT_SERVER = resolve(
  import.meta.dir,
  `../../dist/server/${process.platform}-${process.arch}/valkey-server`,
);

export function serverPathsIn(directory: string): ServerPaths {
  return {
    socket: join(directory, "s"),
    dataDirectory: join(directory, "data"),
    pidFile: join(directory, "server.pid"),
    logFile: join(directory, "server.log"),
    startLock: join(directory, "start.lock"),
  };
}

export interface ManagedServerRig extends AsyncDisposable {
  readonly directory: string;
  readonly paths: ServerPaths;
  /** Every process that works in the data directory: there must never be two servers. */
  livingServers(): number[];
}

/** Paths of a server that does not run yet; whatever runs in the end is ended. */
export async function managedServerRig(): Promise<ManagedServerRig> {
  const directory = await temporaryDirectory();
  const paths = serverPathsIn(directory.path);
  const livingServers = () => processesIn(paths.dataDirectory);
  return {
    directory: directory.path,
    paths,
    livingServers,
    async [Symbol.asyncDispose]() {
      await stopServer(paths, { timeoutMs: 3000 });
      for (const pid of livingServers()) process.kill(pid, "SIGKILL");
      await directory[Symbol.asyncDispose]();
    },
  };
}

function processesIn(directory: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === directory;
    } catch {
      return false; // ended meanwhile, or a zombie
    }
  });
}
