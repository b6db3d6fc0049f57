import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** The compiled program under test: `TT_BIN`, else what `bun run build` makes. */
export function ttBinary(): string {
  const path = resolve(process.env.TT_BIN ?? resolve(import.meta.dir, "../../dist/tt"));
  if (!existsSync(path)) throw new Error(`There is no program "${path}": run "bun run build"`);
  return path;
}
