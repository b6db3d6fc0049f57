import { join } from "node:path";
import { SERVER_DIRECTORY } from "./bench-server.ts";
import type { Contender } from "./goal.ts";
import { spawnContender } from "./spawn-contender.ts";

export interface PingBase {
  /** `redis-cli PING` where it is installed, and `valkey-cli PING` from the build of the server. */
  readonly contenders: readonly Contender[];
  readonly base: string;
  readonly ungated?: string;
}

/**
 * The programs that the goals of the command line are measured against. The limits are stated for
 * Debian's redis-cli, which loads libraries as tt does. The static valkey-cli starts several times
 * as fast, so against it they are shown but not judged.
 */
export function pingBase(socket: string): PingBase {
  const valkey = spawnContender({
    name: "valkey-cli PING",
    argv: [join(SERVER_DIRECTORY, "valkey-cli"), "-s", socket, "PING"],
  });
  const installed = Bun.which("redis-cli");
  if (!installed) {
    const ungated = "redis-cli is not installed (Debian: redis-tools)";
    return { contenders: [valkey], base: valkey.name, ungated };
  }
  const redis = spawnContender({ name: "redis-cli PING", argv: [installed, "-s", socket, "PING"] });
  return { contenders: [redis, valkey], base: redis.name };
}
