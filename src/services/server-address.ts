import type { Environment } from "../config/env.ts";
import { serverSocket, type TownPaths } from "../config/paths.ts";
import type { RedisConfig } from "../config/town-config.ts";
import type { ServerAddress } from "./town.ts";

/**
 * Which server a town uses: the environment's URL, else the configured one, else host and port,
 * else a server of its own on a unix socket.
 */
export function serverAddress(
  paths: TownPaths,
  redis: RedisConfig,
  env: Environment,
): ServerAddress {
  const external = env.redisUrl ?? redis.url;
  if (external !== undefined) return externalAddress(external);
  if (!redis.useSocket) {
    const auth = redis.password ? `:${encodeURIComponent(redis.password)}@` : "";
    return externalAddress(`redis://${auth}${redis.host}:${redis.port}`);
  }
  const socket = serverSocket(paths, redis.socketPath, env);
  return { managed: true, url: `redis+unix://${socket}`, display: socket, socket };
}

function externalAddress(url: string): ServerAddress {
  return { managed: false, url, display: redact(url), socket: undefined };
}

/**
 * Also for what is no proper URL: nothing before the last `@` is shown, since a password may hold
 * any character, and no query, which may name a password too.
 */
export function redact(url: string): string {
  const [, scheme = "", rest = ""] = /^([a-z0-9+.-]+:\/\/)?(.*)$/is.exec(url) ?? [];
  const at = rest.lastIndexOf("@");
  if (at < 0) return scheme + withoutQuery(rest);
  // What follows the `@` is a place, or the end of a query with a password in it.
  const place = rest.slice(0, at).includes("?") ? "" : `@${withoutQuery(rest.slice(at + 1))}`;
  return `${scheme}***${place}`;
}

function withoutQuery(text: string): string {
  return text.replace(/[?#].*$/s, "");
}
