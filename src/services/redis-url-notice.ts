import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../config/env.ts";
import type { TownPaths } from "../config/paths.ts";

/** `REDIS_URL` is common in application projects: say once per town that it is the town's server. */
export function redisUrlNotice(town: {
  readonly paths: TownPaths;
  readonly env: Environment;
}): readonly string[] {
  if (town.env.redisUrlFrom !== "REDIS_URL") return [];
  const shown = join(town.paths.tt, "redis-url-notice");
  if (existsSync(shown)) return [];
  mkdirSync(town.paths.tt, { recursive: true, mode: 0o700 });
  writeFileSync(shown, "");
  return [
    "note: this town uses the Redis in REDIS_URL; unset it for a server of the town's own, or set TINYTOWN_REDIS_URL to keep the two apart",
  ];
}
