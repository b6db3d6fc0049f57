import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { openTurnLog } from "../../../src/agent/turn-log.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

test("a turn log goes on after the turns before, in a file that only its owner may read", async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, "logs of dev", "output.log");
  for (const turn of ["turn 1", "turn 2"]) {
    using log = openTurnLog(file, turn);
    log.write("as it came\r\n");
    log.write(new Uint8Array([0xff, 0x0a]));
  }
  const text = readFileSync(file, "latin1");
  expect(text).toBe("--- turn 1\nas it came\r\n\xff\n--- turn 2\nas it came\r\n\xff\n");
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a turn log is put aside when it has become large", async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, "output.log");
  openTurnLog(file, "old")[Symbol.dispose]();
  truncateSync(file, 64 * 1024 * 1024);
  openTurnLog(file, "full")[Symbol.dispose]();
  expect(existsSync(`${file}.1`)).toBe(false);
  openTurnLog(file, "new")[Symbol.dispose]();
  expect(readFileSync(file, "utf8")).toBe("--- new\n");
  expect(statSync(`${file}.1`).size).toBe(64 * 1024 * 1024 + "--- full\n".length);
});

test("what is read after the end of a turn does not get into the log of another", async () => {
  await using directory = await temporaryDirectory();
  const ended = openTurnLog(join(directory.path, "a.log"), "ended");
  ended[Symbol.dispose]();
  using log = openTurnLog(join(directory.path, "b.log"), "other"); // has the same descriptor
  ended.write("late");
  log.write("mine\n");
  expect(readFileSync(join(directory.path, "b.log"), "utf8")).toBe("--- other\nmine\n");
});

test("a turn log that cannot be written says why, and lets its turn go on", () => {
  using log = openTurnLog("/dev/full", "turn 1");
  expect(log.problem).toContain("ENOSPC");
  log.write("lost\n");
  expect(log.problem).toContain("ENOSPC");
});
