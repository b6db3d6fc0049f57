import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Imported as macros: they run when tt is built and leave the texts behind. A plain text import is
// not possible, for the compiler would read the templates and the declarations as code of tt.

export function templateTexts(): Readonly<Record<string, string>> {
  const directory = join(import.meta.dir, "templates");
  const files = readdirSync(directory).filter((name) => name.endsWith(".ts"));
  return Object.fromEntries(
    files.map((name) => [
      name.slice(0, -".ts".length),
      readFileSync(join(directory, name), "utf8"),
    ]),
  );
}

export function apiTypesText(): string {
  return readFileSync(join(import.meta.dir, "types", "tinytown.d.ts"), "utf8");
}

export function runtimeTypesText(): string {
  return readFileSync(join(import.meta.dir, "types", "runtime.txt"), "utf8");
}
