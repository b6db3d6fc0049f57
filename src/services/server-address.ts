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

/** Also for what is no URL: nothing before an `@` is shown. */
export function redact(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)([^@/]*)@/i, "$1***@");
}
