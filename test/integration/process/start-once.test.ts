import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { TimeoutError } from "../../../src/core/errors.ts";
import { tryHoldLock } from "../../../src/process/hold-lock.ts";
import { startOnce } from "../../../src/process/start-once.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { waitFor } from "../../support/wait-for.ts";

const FIXTURES = resolve(import.meta.dir, "../../fixtures/process");

function run(fixture: string, ...args: string[]) {
  return Bun.spawn([process.execPath, join(FIXTURES, fixture), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function readLines(file: string): Promise<string[]> {
  return (await readFile(file, "utf8")).trim().split("\n");
}

test("startOnce() starts exactly once when 20 processes call it at the same time", async () => {
  await using directory = await temporaryDirectory();
  const racers = Array.from({ length: 20 }, () => run("start-once.ts", directory.path, "30"));
  const outcomes = await Promise.all(racers.map((racer) => new Response(racer.stdout).text()));
  expect(outcomes.filter((text) => text === "started\n")).toHaveLength(1);
  expect(outcomes.filter((text) => text === "found\n")).toHaveLength(19);
  expect(await readLines(join(directory.path, "starts"))).toHaveLength(1);
});

test("startOnce() lets a waiting process start when the starter is killed", async () => {
  await using directory = await temporaryDirectory();
  const starts = join(directory.path, "starts");
  const starter = run("start-once.ts", directory.path, "60000");
  await waitFor(() => existsSync(starts), { what: "first start" });
  const waiter = run("start-once.ts", directory.path, "0");
  starter.kill("SIGKILL");
  expect(await new Response(waiter.stdout).text()).toBe("started\n");
  expect(await readLines(starts)).toEqual([String(starter.pid), String(waiter.pid)]);
});

test("startOnce() returns what the probe finds without taking the lock", async () => {
  await using directory = await temporaryDirectory();
  const lockFile = join(directory.path, "lock");
  using _held = await tryHoldLock(lockFile);
  const start = () => Promise.reject(new Error("must not start"));
  const found = await startOnce({ what: "it", lockFile, probe: async () => 7, start });
  expect(found).toBe(7);
});

test("startOnce() gives up when another starter takes too long", async () => {
  await using directory = await temporaryDirectory();
  const lockFile = join(directory.path, "lock");
  using _held = await tryHoldLock(lockFile);
  const options = { what: `"it"`, lockFile, probe: async () => undefined, start: async () => 1 };
  const attempt = startOnce<number>({ ...options, timeoutMs: 50 });
  await expect(attempt).rejects.toThrow(TimeoutError);
});

test("startOnce() stops waiting when its signal is aborted", async () => {
  await using directory = await temporaryDirectory();
  const lockFile = join(directory.path, "lock");
  using _held = await tryHoldLock(lockFile);
  const reason = new Error("enough");
  const controller = new AbortController();
  const probe = async () => {
    queueMicrotask(() => controller.abort(reason));
    return undefined;
  };
  const options = { what: `"it"`, lockFile, probe, start: async () => 1 };
  const attempt = startOnce<number>({ ...options, signal: controller.signal });
  await expect(attempt).rejects.toBe(reason);
});

test("startOnce() frees the lock when the start fails", async () => {
  await using directory = await temporaryDirectory();
  const lockFile = join(directory.path, "lock");
  const probe = async () => undefined;
  const fail = () => Promise.reject(new Error("no luck"));
  await expect(startOnce({ what: "it", lockFile, probe, start: fail })).rejects.toThrow("no luck");
  expect(await startOnce({ what: "it", lockFile, probe, start: async () => 2 })).toBe(2);
});

test("tryHoldLock() refuses a second holder until the first releases", async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, "deep", "lock");
  const first = await tryHoldLock(file);
  expect(await tryHoldLock(file)).toBeUndefined();
  first?.release();
  first?.release();
  using second = await tryHoldLock(file);
  expect(second?.path).toBe(file);
});

test("tryHoldLock() gets the lock of a process that was killed", async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, "lock");
  const holder = run("hold-lock.ts", file);
  const reader = holder.stdout.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("held\n");
  expect(await tryHoldLock(file)).toBeUndefined();
  holder.kill("SIGKILL");
  await holder.exited;
  using lock = await tryHoldLock(file);
  expect(lock).toBeDefined();
});

test("tryHoldLock() leaves a file with other content alone", async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, "notes.txt");
  await writeFile(file, "not a lock\n".repeat(100));
  await expect(tryHoldLock(file)).rejects.toThrow();
  expect(await readFile(file, "utf8")).toStartWith("not a lock");
});
