import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { serverSocket, userDir } from "../config/paths.ts";
import type { ServerPaths } from "../process/server-paths.ts";
import { requireSocketDirectory } from "./socket-directory.ts";
import type { Town } from "./town.ts";

type ServedTown = Pick<Town, "paths" | "config" | "env" | "server">;

/** Starts the town's own server if it is not up; one of any number of callers does it. */
export async function ensureTownServer(town: ServedTown, signal?: AbortSignal): Promise<void> {
  const [{ ensureServer }, { resolveServerBinary }] = await Promise.all([
    import("../process/managed-server.ts"),
    import("../process/server-binary.ts"),
  ]);
  await mkdir(town.paths.logs, { recursive: true, mode: 0o700 });
  requireSocketDirectory(town);
  await ensureServer(serverPaths(town), {
    appendFsync: town.config.redis.fsync,
    executable: async () => (await resolveServerBinary(binaryOptions(town))).path,
    signal,
  });
}

/** Ends the server whose data is in the town's directory. @returns whether one was running */
export async function stopTownServer(town: ServedTown, signal?: AbortSignal): Promise<boolean> {
  const { stopServer } = await import("../process/stop-server.ts");
  return (await stopServer(serverPaths(town), { signal })) !== "absent";
}

function serverPaths(town: ServedTown): ServerPaths {
  return {
    socket: town.server.socket ?? serverSocket(town.paths, town.config.redis.socketPath, town.env),
    dataDirectory: town.paths.serverData,
    pidFile: town.paths.serverPid,
    logFile: town.paths.serverLog,
    startLock: town.paths.serverStartLock,
  };
}

function binaryOptions(town: ServedTown) {
  const { env, config } = town;
  const explicit = env.redisServer ?? config.redis.server;
  return {
    explicit,
    directories: unpackDirectories(town),
    path: env.all.PATH,
  };
}

/** The first that allows programs to run is used; a home may be mounted noexec. */
function unpackDirectories({ env }: ServedTown): readonly string[] {
  return [
    join(userDir(env), "bin"),
    ...(env.cacheDir ? [join(env.cacheDir, "tinytown", "bin")] : []),
    join(env.tmp, `tinytown-${env.uid}`, "bin"),
  ];
}
