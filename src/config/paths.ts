import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Environment } from "./env.ts";

export const CONFIG_NAME = "tinytown.toml";

/** Every file of a town; all absolute. */
export interface TownPaths {
  readonly root: string;
  readonly configFile: string;
  /** `.tt`: state that is not to be committed. */
  readonly tt: string;
  readonly logs: string;
  /** Output of one agent's turns. */
  logDir(agent: string): string;
  /** Prompts and process records of the turns under way. */
  readonly run: string;
  /** Name of this directory as a place where agents run. */
  readonly hostIdFile: string;
  /** Record of the live host; see `services/host-record.ts`. */
  readonly hostFile: string;
  /** Held by the host for its whole life. */
  readonly hostLock: string;
  /** Held by whoever is starting the host. */
  readonly hostStartLock: string;
  readonly hostLog: string;
  readonly serverData: string;
  readonly serverPid: string;
  readonly serverLog: string;
  readonly serverStartLock: string;
}

export function townPaths(root: string): TownPaths {
  const tt = join(root, ".tt");
  const logs = join(tt, "logs");
  return {
    root,
    configFile: join(root, CONFIG_NAME),
    tt,
    logs,
    logDir: (agent) => join(logs, agent),
    run: join(tt, "run"),
    hostIdFile: join(tt, "host-id"),
    hostFile: join(tt, "host.json"),
    hostLock: join(tt, "host.lock"),
    hostStartLock: join(tt, "host-start.lock"),
    hostLog: join(logs, "host.log"),
    serverData: join(tt, "data"),
    serverPid: join(tt, "redis.pid"),
    serverLog: join(logs, "redis.log"),
    serverStartLock: join(tt, "redis-start.lock"),
  };
}

/** The nearest directory with a `tinytown.toml`, upwards from `from`; undefined when none has one. */
export function findTownRoot(from: string): string | undefined {
  for (let dir = resolve(from); ; dir = dirname(dir)) {
    if (existsSync(join(dir, CONFIG_NAME))) return dir;
    if (dirname(dir) === dir) return undefined;
  }
}

/** sun_path holds 104 bytes on macOS, the closing NUL included. */
const SOCKET_PATH_LIMIT = 103;

/**
 * Where the managed server listens. `configured` is relative to `.tt`. A path that the operating
 * system or a `redis+unix:` URL cannot hold (too long, a space) is replaced by a hashed name in a
 * private directory of the user.
 */
export function serverSocket(paths: TownPaths, configured: string, env: Environment): string {
  const wanted = wantedSocket(paths, configured);
  if (fits(wanted)) return wanted;
  const name = `${new Bun.CryptoHasher("sha256").update(wanted).digest("hex").slice(0, 20)}.sock`;
  // The home comes first: cron and services do not know the session's XDG_RUNTIME_DIR, and a second
  // place for one town would have its commands replace each other's server.
  const directories = [
    join(env.home, ".tt", "run"),
    ...(env.runtimeDir ? [join(env.runtimeDir, "tinytown")] : []),
    join(env.tmp, `tinytown-${env.uid}`),
  ];
  const found = directories.map((dir) => join(dir, name)).find(fits);
  return found ?? join("/tmp", `tinytown-${env.uid}`, name);
}

/** Whether a socket is in a private directory of the user instead of where it was configured. */
export function isReplacedSocket(socket: string, paths: TownPaths, configured: string): boolean {
  return socket !== wantedSocket(paths, configured);
}

function wantedSocket(paths: TownPaths, configured: string): string {
  return isAbsolute(configured) ? configured : join(paths.tt, configured);
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= SOCKET_PATH_LIMIT && encodeURI(path) === path;
}

/** `~/.tt`, for what is shared by the user's towns. */
export function userDir(env: Environment): string {
  return join(env.home, ".tt");
}
