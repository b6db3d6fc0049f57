import { expect, test } from "bun:test";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { resolveServerBinary } from "../../../src/process/server-binary.ts";
import { BUILT_SERVER } from "../../support/managed-server-rig.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

test("resolveServerBinary() takes the user's choice first", async () => {
  const binary = await resolveServerBinary({ explicit: "/bin/sh", directories: [] });
  expect(binary).toEqual({ path: "/bin/sh", origin: "explicit" });
});

test("resolveServerBinary() says which choice of the user's is not a program", async () => {
  const attempt = resolveServerBinary({ explicit: "/no/such/server", directories: [] });
  await expect(attempt).rejects.toMatchObject({
    code: "E_REDIS_MISSING",
    message: expect.stringContaining('"/no/such/server"'),
  });
});

test("resolveServerBinary() takes the build output when run from source", async () => {
  const binary = await resolveServerBinary({ directories: [] });
  expect(binary).toEqual({ path: BUILT_SERVER, origin: "build" });
});

/** A directory with one program that answers `--version` as told. */
async function pathWith(directory: string, name: string, version: string): Promise<string> {
  const bin = join(directory, "bin");
  const program = join(bin, name);
  await mkdir(bin);
  await writeFile(program, `#!/bin/sh\necho "${version}"\n`);
  await chmod(program, 0o755);
  return bin;
}

test("resolveServerBinary() falls back to PATH when nothing was built", async () => {
  await using directory = await temporaryDirectory();
  const version = "Redis server v=7.0.15 sha=00000000:0";
  const path = await pathWith(directory.path, "redis-server", version);
  const binary = await resolveServerBinary({ directories: [], path, root: directory.path });
  expect(binary).toEqual({ path: join(path, "redis-server"), origin: "path" });
});

test("resolveServerBinary() refuses a server on PATH that is too old", async () => {
  await using directory = await temporaryDirectory();
  const version = "Redis server v=6.2.16 sha=00000000:0";
  const path = await pathWith(directory.path, "redis-server", version);
  const attempt = resolveServerBinary({ directories: [], path, root: directory.path });
  await expect(attempt).rejects.toMatchObject({
    code: "E_REDIS_TOO_OLD",
    message: expect.stringContaining("6.2.16"),
  });
});

test("resolveServerBinary() says what to do when there is no server at all", async () => {
  await using directory = await temporaryDirectory();
  const attempt = resolveServerBinary({
    directories: [],
    path: directory.path,
    root: directory.path,
  });
  await expect(attempt).rejects.toMatchObject({ code: "E_REDIS_MISSING" });
});
