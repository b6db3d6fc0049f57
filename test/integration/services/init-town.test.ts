import { describe, expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadTownConfig } from "../../../src/config/town-config.ts";
import { initTown } from "../../../src/services/init-town.ts";
import { rejection } from "../../support/rejection.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

/** An empty directory of this name. */
async function place(name: string) {
  const parent = await temporaryDirectory();
  const dir = join(parent.path, name);
  await mkdir(dir);
  return { dir, [Symbol.asyncDispose]: () => parent[Symbol.asyncDispose]() };
}

describe("initTown()", () => {
  test("makes a directory a town that opens with the defaults", async () => {
    await using at = await place("My App");
    const result = await initTown({ dir: at.dir });
    expect(result).toEqual({
      name: "my-app",
      root: at.dir,
      created: ["tinytown.toml", ".tt/", ".gitignore"],
    });
    const file = join(at.dir, "tinytown.toml");
    expect(loadTownConfig(file)).toMatchObject({
      name: "my-app",
      defaultCli: "claude",
      maxAgents: 10,
      redis: { useSocket: true, socketPath: "redis.sock", url: undefined },
    });
    expect(statSync(join(at.dir, ".tt/logs")).mode & 0o777).toBe(0o700);
    expect(await readFile(join(at.dir, ".gitignore"), "utf8")).toContain("\n.tt/\n");
  });

  test("takes a name, in lower case", async () => {
    await using at = await place("x");
    expect((await initTown({ dir: at.dir, name: "Shop.1" })).name).toBe("shop.1");
  });

  test.each(["", "a b", "-x", "é", "x".repeat(65), "../x"])("refuses the name %p", async (name) => {
    await using at = await place("x");
    expect(await rejection(initTown({ dir: at.dir, name }))).toMatchObject({ code: "E_USAGE" });
    expect(existsSync(join(at.dir, ".tt"))).toBe(false);
  });

  test("leaves a town that is there as it is", async () => {
    await using at = await place("x");
    await writeFile(join(at.dir, "tinytown.toml"), 'name = "mine"\n');
    const error = await rejection(initTown({ dir: at.dir }));
    expect(error).toMatchObject({ code: "E_TOWN_EXISTS", hint: expect.any(String) });
    expect(await readFile(join(at.dir, "tinytown.toml"), "utf8")).toBe('name = "mine"\n');
    expect(existsSync(join(at.dir, ".gitignore"))).toBe(false);
  });

  test("is done by one of several at once", async () => {
    await using at = await place("x");
    const calls = await Promise.allSettled([1, 2, 3, 4].map(() => initTown({ dir: at.dir })));
    expect(calls.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test.each([
    ["node_modules", "node_modules\n# state of the town (tt)\n.tt/\n"],
    ["a\n", "a\n# state of the town (tt)\n.tt/\n"],
    ["/.tt\n", "/.tt\n"],
    [".tt/\n", ".tt/\n"],
  ])("adds its state to a .gitignore with %p once", async (before, after) => {
    await using at = await place("x");
    await writeFile(join(at.dir, ".gitignore"), before);
    await initTown({ dir: at.dir });
    expect(await readFile(join(at.dir, ".gitignore"), "utf8")).toBe(after);
  });
});
