import { UnavailableError } from "../core/errors.ts";
import type { RedisPort } from "../redis/port.ts";

/** Redis 7.0 or Valkey 7.2, which calls itself Redis 7.2: scripts with flags. */
const OLDEST_MAJOR = 7;

/** @throws UnavailableError E_REDIS_TOO_OLD */
export async function requireVersion(port: RedisPort, display: string): Promise<void> {
  const info = String(await port.command("INFO", ["server"]));
  const version = /^redis_version:(\d+)\.(\S+)/m.exec(info);
  if (version === null || Number(version[1]) >= OLDEST_MAJOR) return;
  throw new UnavailableError({
    code: "E_REDIS_TOO_OLD",
    message: `The Redis at ${display} is version ${version[1]}.${version[2]}, tt needs 7.0 or newer`,
    hint: "use a newer Redis or Valkey, or let tt run its own: remove the URL",
  });
}
