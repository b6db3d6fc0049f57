/** One layer of `src/` and the layers that its files may import besides their own. */
export interface Layer {
  /** A directory of `src/`, or a file in it. */
  readonly name: string;
  readonly mayImport: readonly string[];
}

const DOMAIN = ["core", "util"];
const EDGES = ["config", "process"];

/** Nothing points up. `services` is the only user of `redis`; siblings never import each other. */
export const LAYERS: readonly Layer[] = [
  { name: "util", mayImport: [] },
  { name: "core", mayImport: ["util"] },
  { name: "config", mayImport: DOMAIN },
  { name: "redis", mayImport: DOMAIN },
  { name: "process", mayImport: DOMAIN },
  { name: "services", mayImport: ["redis", ...EDGES, ...DOMAIN] },
  { name: "agent", mayImport: ["services", ...EDGES, ...DOMAIN] },
  { name: "flow", mayImport: ["services", ...EDGES, ...DOMAIN] },
  { name: "server", mayImport: ["services", ...EDGES, ...DOMAIN] },
  { name: "cli", mayImport: ["agent", "flow", "server", "services", ...EDGES, ...DOMAIN] },
  { name: "main.ts", mayImport: ["cli", ...EDGES, ...DOMAIN] },
];

/** Where something may be used. `in` holds prefixes of paths in `src/`. */
interface Fence {
  readonly what: string;
  readonly in: readonly string[];
}

/** Packages and built-in modules that only one place may import, as a value. */
export const PACKAGE_FENCES: readonly Fence[] = [
  { what: "citty", in: ["cli/"] },
  { what: "consola", in: ["cli/"] },
  { what: "ioredis", in: ["redis/"] },
  { what: "smol-toml", in: ["config/"] },
  { what: "valibot", in: ["config/"] },
  { what: "node:child_process", in: ["process/"] },
];

/** Code that only one place may contain. Matched against the source without its comments and types. */
export const CODE_FENCES: readonly (Fence & { readonly pattern: RegExp })[] = [
  { what: "process.env", pattern: /\b(process|Bun)\.env\b/, in: ["config/env.ts"] },
  { what: "Bun.spawn", pattern: /\bBun\.(spawn|spawnSync|\$)/, in: ["process/"] },
  { what: "process.exit", pattern: /\bprocess\.(exit\(|exitCode\s*=)/, in: ["main.ts"] },
  { what: "Bun.serve", pattern: /\bBun\.serve\(/, in: ["server/serve.ts"] },
  { what: "RedisClient", pattern: /\b(new|Bun\.)\s*RedisClient\b/, in: ["redis/"] },
  { what: "a Redis key", pattern: /["'`]tt:[^\s"'`]/, in: ["redis/keys.ts"] },
];

/** Lines per file. Generated files say so in their first line and are exempt. */
export const FILE_SIZE = { warn: 250, fail: 400, failTest: 500 } as const;
