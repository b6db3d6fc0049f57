import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const DIRECTORY = join(import.meta.dir, "../../../src/redis/scripts");

export interface LuaFile {
  /** As in `scripts.ts`: `close-task.lua` is `closeTask`. */
  readonly name: string;
  readonly file: string;
  readonly lines: readonly string[];
  /** The comment at its beginning. */
  readonly header: string;
  readonly code: string;
}

/** Every script and the prelude. */
export function luaFiles(): readonly LuaFile[] {
  return readdirSync(DIRECTORY).map((file) => {
    const text = readFileSync(join(DIRECTORY, file), "utf8");
    const lines = text.trimEnd().split("\n");
    const end = lines.findIndex((line) => !line.startsWith("--"));
    return {
      name: file
        .replace(/\.lua$/, "")
        .replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
      file,
      lines,
      header: lines
        .slice(0, end)
        .map((line) => line.replace(/^-- ?/, ""))
        .join(" "),
      code: lines
        .slice(end)
        .map((line) => line.replace(/--.*$/, ""))
        .join("\n"),
    };
  });
}
