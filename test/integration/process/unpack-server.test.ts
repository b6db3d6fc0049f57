import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import type { BuiltServer } from "../../../src/process/server-info.ts";
import { unpackServer } from "../../../src/process/unpack-server.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const RAW = Buffer.from("#!/bin/sh\necho hello\n");
const SHA256 = new Bun.CryptoHasher("sha256").update(RAW).digest("hex");
const NAME = `valkey-server-${SHA256.slice(0, 16)}`;

const info: BuiltServer = {
  embedded: true,
  recipe: "r",
  product: "valkey",
  version: "8.1.1",
  arch: process.arch,
  sha256: SHA256,
  size: RAW.length,
  zst: 1,
  licences: [],
  sources: {},
};
const compressed = new Blob([Bun.zstdCompressSync(RAW)]);

test("unpackServer() leaves one program for the user alone, however many unpack at once", async () => {
  await using directory = await temporaryDirectory();
  const directories = [join(directory.path, "bin")];
  const attempts = Array.from({ length: 20 }, () =>
    unpackServer({ directories, info, compressed }),
  );
  const path = join(directory.path, "bin", NAME);
  expect(new Set(await Promise.all(attempts))).toEqual(new Set([path]));
  expect(await readdir(join(directory.path, "bin"))).toEqual([NAME]);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect(await readFile(path)).toEqual(RAW);
});

test("unpackServer() does not write again what is there", async () => {
  await using directory = await temporaryDirectory();
  const options = { directories: [directory.path], info, compressed };
  const path = await unpackServer(options);
  const before = await stat(path);
  await unpackServer(options);
  expect((await stat(path)).ino).toBe(before.ino);
});

test("unpackServer() replaces a program of another size", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, NAME);
  await writeFile(path, "cut off", { mode: 0o700 });
  await unpackServer({ directories: [directory.path], info, compressed });
  expect(await readFile(path)).toEqual(RAW);
});

test("unpackServer() replaces a program of the same size and another content", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, NAME);
  await writeFile(path, Buffer.alloc(RAW.length, "x"), { mode: 0o700 });
  await unpackServer({ directories: [directory.path], info, compressed });
  expect(await readFile(path)).toEqual(RAW);
});

test("unpackServer() replaces a program that others may write to", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, NAME);
  await writeFile(path, RAW);
  await chmod(path, 0o722);
  await unpackServer({ directories: [directory.path], info, compressed });
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

const NOBODY = 65_534;
type Prepare = (place: string, elsewhere: string) => Promise<void>;
const GIVEN_AWAY: readonly [string, Prepare] = [
  "is somebody else's",
  (place) => chown(place, NOBODY, NOBODY),
];

/** Each prepares `place` as somebody else may leave it where everybody can write. */
const FOREIGN: readonly (readonly [string, Prepare])[] = [
  // Only root can give a directory away.
  ...(process.getuid?.() === 0 ? [GIVEN_AWAY] : []),
  ["others may write to", (place) => chmod(place, 0o777)],
  [
    "is a symbolic link",
    async (place, elsewhere) => {
      await rename(place, elsewhere);
      await symlink(elsewhere, place);
    },
  ],
];
test.each(FOREIGN)("unpackServer() uses no directory that %s", async (_, prepare) => {
  await using directory = await temporaryDirectory();
  const place = join(directory.path, "place");
  await mkdir(place, { mode: 0o700 });
  await writeFile(join(place, NAME), RAW, { mode: 0o700 });
  await prepare(place, join(directory.path, "elsewhere"));
  const usable = join(directory.path, "bin");
  expect(await unpackServer({ directories: [place, usable], info, compressed })).toBe(
    join(usable, NAME),
  );
  const attempt = unpackServer({ directories: [place], info, compressed });
  await expect(attempt).rejects.toMatchObject({ code: "E_REDIS_MISSING" });
});

test("unpackServer() uses no directory whose place others may give to another", async () => {
  await using directory = await temporaryDirectory();
  const shared = join(directory.path, "shared");
  await mkdir(join(shared, "bin"), { recursive: true, mode: 0o700 });
  await chmod(shared, 0o777);
  const attempt = unpackServer({ directories: [join(shared, "bin")], info, compressed });
  await expect(attempt).rejects.toMatchObject({ code: "E_REDIS_MISSING" });
});

test("unpackServer() goes on to the next directory where it cannot write", async () => {
  await using directory = await temporaryDirectory();
  const blocked = join(directory.path, "file");
  await writeFile(blocked, "");
  const usable = join(directory.path, "bin");
  const path = await unpackServer({ directories: [blocked, usable], info, compressed });
  expect(path).toBe(join(usable, NAME));
});

test("unpackServer() names the directories when it can use none", async () => {
  await using directory = await temporaryDirectory();
  const blocked = join(directory.path, "file");
  await writeFile(blocked, "");
  const attempt = unpackServer({ directories: [blocked], info, compressed });
  await expect(attempt).rejects.toMatchObject({
    code: "E_REDIS_MISSING",
    message: `Cannot unpack the server to "${blocked}"`,
  });
});

test("unpackServer() removes what killed processes left more than an hour ago", async () => {
  await using directory = await temporaryDirectory();
  const [old, recent] = ["old.tmp", "recent.tmp"].map((name) => join(directory.path, name));
  await writeFile(old ?? "", "");
  await writeFile(recent ?? "", "");
  const twoHoursAgo = Date.now() / 1000 - 7200;
  await utimes(old ?? "", twoHoursAgo, twoHoursAgo);
  await unpackServer({ directories: [directory.path], info, compressed });
  expect(existsSync(old ?? "")).toBe(false);
  expect(existsSync(recent ?? "")).toBe(true);
});
