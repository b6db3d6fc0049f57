import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const tt = resolve(process.env.TT_BIN ?? "dist/tt");

interface Scratch extends AsyncDisposable {
  readonly path: string;
}

/** An empty directory with a space in its name. */
async function scratchDirectory(): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), "tt e2e-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function run(argv: readonly string[], cwd: string) {
  const child = Bun.spawn([tt, ...argv], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { stdout, stderr, code };
}

describe("the executable in a hostile directory", () => {
  test("runs no code of its bunfig.toml", async () => {
    await using directory = await scratchDirectory();
    const mark = join(directory.path, "ran");
    const evil = `require("node:fs").writeFileSync(${JSON.stringify(mark)}, ""); console.log("evil");`;
    await Bun.write(join(directory.path, "evil.ts"), evil);
    const config = `preload = ["./evil.ts"]\n[test]\npreload = ["./evil.ts"]\n[run]\nbun = true\n`;
    await Bun.write(join(directory.path, "bunfig.toml"), config);
    const { stdout, stderr, code } = await run(["--version"], directory.path);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toMatch(/^tt \d+\.\d+\.\d+ \(\S+\)\n$/);
    expect(await Bun.file(mark).exists()).toBe(false);
  });

  test("takes no variable from its .env", async () => {
    await using directory = await scratchDirectory();
    for (const name of [".env", ".env.local", ".env.production", ".env.development"]) {
      await Bun.write(join(directory.path, name), "TINYTOWN_TOWN=elsewhere\nBUN_BE_BUN=1\n");
    }
    const { stderr, code } = await run(["list"], directory.path);
    expect(code).toBe(8);
    expect(stderr).toContain(directory.path);
    expect(stderr).not.toContain("elsewhere");
  });

  test("takes no setting from its package.json or tsconfig.json", async () => {
    await using directory = await scratchDirectory();
    await Bun.write(join(directory.path, "package.json"), `{ "name": 7, "bin": { broken`);
    await Bun.write(join(directory.path, "tsconfig.json"), `{ "extends": "./nowhere.json", broken`);
    const { stdout, code } = await run(["--version"], directory.path);
    expect(code).toBe(0);
    expect(stdout).toStartWith("tt ");
  });
});

test("the executable prints the licences of what it contains", async () => {
  await using directory = await scratchDirectory();
  const { stdout, code } = await run(["licenses"], directory.path);
  expect(code).toBe(0);
  for (const part of ["ioredis 6", `Bun ${Bun.version}`, "LGPL-2", "MIT License"]) {
    expect(stdout).toContain(part);
  }
});

test("the executable names no directory of the machine that built it", async () => {
  const name = Buffer.from(resolve(import.meta.dir, "../../node_modules/"));
  const content = Buffer.from(await Bun.file(tt).arrayBuffer());
  expect(content.includes(name)).toBe(false);
});
