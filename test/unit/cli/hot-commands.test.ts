import { expect, test } from "bun:test";
import { dirname, join, relative, resolve } from "node:path";

const SRC = resolve(import.meta.dir, "../../../src");

/** What every command in a town loads on its way, statically or not. */
const ALWAYS = ["main.ts", "cli/terminal.ts", "config/env.ts"];
const IN_TOWN = ["services/open-town.ts", "redis/bun-client.ts"];

const EXPENSIVE =
  /^(ioredis|consola|node:(tls|net|stream|crypto|tty|readline|child_process|http|https|worker_threads|zlib))(\/|$)/;

/** Everything that is evaluated when these files are imported: files and packages. */
async function staticImports(entries: readonly string[]) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  const visit = async (file: string): Promise<void> => {
    if (files.has(file)) return;
    files.add(file);
    if (!file.endsWith(".ts")) return;
    const source = (await Bun.file(file).text()).replace(/ with \{ type: "macro" \}/g, "");
    for (const { path, kind } of transpiler.scanImports(source)) {
      if (kind !== "import-statement") continue;
      if (path.startsWith(".")) await visit(join(dirname(file), path));
      else packages.add(path);
    }
  };
  for (const entry of entries) await visit(join(SRC, entry));
  return { files: [...files].map((file) => relative(SRC, file)), packages: [...packages] };
}

test("tt --version loads no package and no built-in module", async () => {
  const { packages } = await staticImports(["main.ts"]);
  expect(packages).toEqual([]);
});

test.each(["assign", "send", "inbox", "list", "status", "stop"])(
  "tt %s loads nothing that is slow to start",
  async (name) => {
    const entries = [...ALWAYS, `cli/commands/${name}.ts`, ...IN_TOWN];
    const { files, packages } = await staticImports(entries);
    expect(packages.filter((path) => EXPENSIVE.test(path))).toEqual([]);
    for (const file of files) {
      const source = await Bun.file(join(SRC, file)).text();
      expect(`${file}: ${/^[^/*]*process\.std(in|out|err)\b/m.test(source)}`).toBe(
        `${file}: false`,
      );
    }
  },
);
