import { describe, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Environment, readEnvironment } from "../../../src/config/env.ts";
import { findTownRoot, serverSocket, townPaths, userDir } from "../../../src/config/paths.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

function environment(more: Partial<Environment> = {}): Environment {
  const place = {
    home: "/home/me",
    tmp: "/var/temp",
    uid: 7,
    runtimeDir: undefined,
    cacheDir: undefined,
  };
  return { ...readEnvironment(), ...place, ...more };
}

const socket = (root: string, configured = "redis.sock", more: Partial<Environment> = {}) =>
  serverSocket(townPaths(root), configured, environment(more));

describe("the socket of a town's server", () => {
  test("is inside .tt, or where it is told to be", () => {
    expect(socket("/srv/shop")).toBe("/srv/shop/.tt/redis.sock");
    expect(socket("/srv/shop", "/run/shop.sock")).toBe("/run/shop.sock");
  });

  test.each([
    ["too long", `/srv/${"x".repeat(100)}`],
    ["with a space", "/srv/my shop"],
    ["with a letter a URL cannot hold", "/srv/büro"],
    ["with a percent sign", "/srv/50%25"],
  ])("is a hashed name of the user where the path is %s", (_, root) => {
    const path = socket(root);
    expect(path).toMatch(/^\/home\/me\/\.tt\/run\/[0-9a-f]{20}\.sock$/);
    expect(socket(root)).toBe(path);
    expect(socket(`${root} 2`)).not.toBe(path);
    expect(socket(root, "redis.sock", { runtimeDir: "/run/user/7" })).toBe(path);
  });

  test("avoids a home that has the same trouble", () => {
    const session = { home: "/home/my name", runtimeDir: "/run/user/7" };
    expect(socket("/srv/a b", "redis.sock", session)).toStartWith("/run/user/7/tinytown/");
    expect(socket("/srv/a b", "redis.sock", { home: "/home/my name" })).toStartWith(
      "/var/temp/tinytown-7/",
    );
    const nowhere = { home: "/a b", tmp: `/${"t".repeat(120)}` };
    expect(socket("/srv/a b", "redis.sock", nowhere)).toStartWith(join("/tmp", "tinytown-7"));
  });

  test.each([102, 103, 104])("fits into what the system takes at %p bytes", (length) => {
    const configured = `/${"x".repeat(length - 1)}`;
    const path = socket("/srv/shop", configured);
    if (length <= 103) expect(path).toBe(configured);
    else expect(Buffer.byteLength(path)).toBeLessThanOrEqual(103);
  });
});

describe("findTownRoot()", () => {
  test("finds the nearest town upwards", async () => {
    await using directory = await temporaryDirectory();
    const inner = join(directory.path, "a b", "inner");
    await mkdir(join(inner, "deep"), { recursive: true });
    await writeFile(join(directory.path, "tinytown.toml"), "");
    await writeFile(join(inner, "tinytown.toml"), "");
    expect(findTownRoot(join(inner, "deep"))).toBe(inner);
    expect(findTownRoot(join(directory.path, "a b"))).toBe(directory.path);
    expect(findTownRoot(join(directory.path, "missing", "place"))).toBe(directory.path);
  });

  test("finds none outside of one", async () => {
    await using directory = await temporaryDirectory();
    expect(findTownRoot(directory.path)).toBeUndefined();
  });
});

test("every file of a town is inside it", () => {
  const { logDir, ...paths } = townPaths("/srv/my shop");
  for (const path of [...Object.values(paths), logDir("dev")]) {
    expect(path).toMatch(/^\/srv\/my shop(\/|$)/);
  }
  expect(userDir(environment())).toBe("/home/me/.tt");
});
