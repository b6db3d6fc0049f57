import { existsSync } from "node:fs";
import { type Environment, readEnvironment } from "../config/env.ts";
import { hostId } from "../config/host-id.ts";
import { findTownRoot, type TownPaths, townPaths } from "../config/paths.ts";
import { loadTownConfig, type TownConfig } from "../config/town-config.ts";
import { NotFoundError, UnavailableError } from "../core/errors.ts";
import { expectLongRun } from "../process/self.ts";
import { ConnectionLostError, type RedisPort, RedisReplyError } from "../redis/port.ts";
import { reconnectingPort } from "../redis/reconnecting-port.ts";
import { serverRefusal } from "../redis/refusal.ts";
import { TownStore } from "../redis/town-store.ts";
import { EventFeed } from "./event-feed.ts";
import { redisUrlNotice } from "./redis-url-notice.ts";
import { requireVersion } from "./require-version.ts";
import { serverAddress } from "./server-address.ts";
import { requireSocketDirectory } from "./socket-directory.ts";
import type { ServerAddress, Town } from "./town.ts";

export interface OpenTownOptions {
  /** Where to look for `tinytown.toml`, upwards. Default: `TINYTOWN_TOWN`, else the working directory. */
  readonly dir?: string | undefined;
  /** For hosts and flows: connections by ioredis that are watched and replaced. */
  readonly longLived?: boolean;
  /**
   * How long a call waits for a server that is away. Default: 5 s, for `longLived` without end (a
   * host waits as long as it takes).
   */
  readonly patienceMs?: number | undefined;
  readonly env?: Environment;
  /** With `longLived`: its connections do not keep the process alive; whoever waits must. */
  readonly unref?: boolean | undefined;
}

const ONE_SHOT_PATIENCE_MS = 5_000;

/**
 * Opens the town around a directory; its server is started on the first call that finds it down.
 * @throws NotFoundError E_TOWN_NOT_FOUND, ConfigError, and later UnavailableError E_REDIS_*
 */
export async function openTown(options: OpenTownOptions = {}): Promise<Town> {
  if (options.longLived) expectLongRun();
  const env = options.env ?? readEnvironment();
  const from = options.dir ?? env.town ?? env.cwd;
  const root = findTownRoot(from);
  if (root === undefined) throw noTown(from);
  const paths = townPaths(root);
  const config = loadTownConfig(paths.configFile);
  const server = serverAddress(paths, config.redis, env);
  return connectTown({ paths, config, server, env }, options);
}

interface TownParts {
  readonly paths: TownPaths;
  readonly config: TownConfig;
  readonly server: ServerAddress;
  readonly env: Environment;
}

function connectTown(parts: TownParts, options: OpenTownOptions): Town {
  const closing = new AbortController();
  const readers = new Set<RedisPort>();
  const patienceMs =
    options.patienceMs ?? (options.longLived ? Number.POSITIVE_INFINITY : ONE_SHOT_PATIENCE_MS);
  const connect = (signal: AbortSignal): RedisPort => {
    const port = reconnectingPort({
      connect: connector(parts, options, signal),
      patienceMs,
      unavailable: (cause) => unreachable(parts.server, cause),
      signal,
    });
    readers.add(port);
    return port;
  };
  const { signal } = closing;
  const store = new TownStore(connect(signal), parts.config.name);
  return {
    ...parts,
    name: parts.config.name,
    root: parts.paths.root,
    hostId: hostId(parts.paths.hostIdFile, parts.env),
    notices: redisUrlNotice(parts),
    store,
    closed: signal,
    feed: new EventFeed(store, () => connect(signal), signal),
    connectReader: connect,
    async [Symbol.asyncDispose]() {
      closing.abort();
      for (const port of readers) port.close();
    },
  };
}

/** Each call is a new connection; a managed server that is not there is started first. */
function connector(
  parts: TownParts,
  { longLived = false, unref = false, patienceMs = ONE_SHOT_PATIENCE_MS }: OpenTownOptions,
  signal: AbortSignal,
) {
  const { server } = parts;
  let first = true;
  let checked = server.managed;
  return async (): Promise<RedisPort> => {
    requireSocketDirectory(parts);
    const socketMissing = server.socket !== undefined && !existsSync(server.socket);
    // A killed server leaves its socket behind, so only the first attempt may trust in it.
    if (server.managed && (!first || socketMissing))
      await startServer(parts, { longLived, signal });
    first = false;
    let port: RedisPort | undefined;
    try {
      port = await (longLived
        ? connectLong(server.url, unref)
        : connectShort(server.url, patienceMs));
      if (!checked) await requireVersion(port, server.display);
      checked = true;
      return port;
    } catch (error) {
      port?.close();
      throw serverRefusal(`Cannot use the Redis at ${server.display}`, error);
    }
  };
}

/** For whoever waits long anyway, a server that does not start is one that is away. */
async function startServer(
  parts: TownParts,
  { longLived, signal }: { readonly longLived: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { ensureTownServer } = await import("./managed-server.ts");
  try {
    await ensureTownServer(parts, signal);
  } catch (error) {
    if (!longLived || signal.aborted) throw error;
    throw new ConnectionLostError(error instanceof Error ? error.message : String(error));
  }
}

async function connectShort(url: string, commandTimeoutMs: number): Promise<RedisPort> {
  const { connectBun } = await import("../redis/bun-client.ts");
  return connectBun(url, { commandTimeoutMs });
}

async function connectLong(url: string, unref: boolean): Promise<RedisPort> {
  const { connectIoredis } = await import("../redis/ioredis-client.ts");
  return connectIoredis(url, { unref });
}

function noTown(from: string): NotFoundError {
  return new NotFoundError({
    code: "E_TOWN_NOT_FOUND",
    message: `No tinytown.toml in "${from}" or above it`,
    hint: "tt init makes this directory a town; tt --town PATH names another one",
  });
}

function unreachable(server: ServerAddress, cause: Error): UnavailableError {
  // It may also have said why it does not serve anybody now, such as "LOADING …".
  const { cause: reply } = cause;
  const problem =
    reply instanceof RedisReplyError ? `is not ready: ${reply.message}` : "does not answer";
  return new UnavailableError({
    code: "E_REDIS_UNREACHABLE",
    message: `The town's Redis at ${server.display} ${problem}`,
    hint: server.managed
      ? "see .tt/logs/redis.log"
      : "check that it runs and that the URL is right",
    cause,
  });
}
