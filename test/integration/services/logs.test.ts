import { describe, expect, test } from "bun:test";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { registerAgent } from "../../../src/services/agents.ts";
import { lastLogLines, outputFile, readLog } from "../../../src/services/logs.ts";
import { rejection } from "../../support/rejection.ts";
import { type TestTown, testTown } from "../../support/town.ts";
import { waitFor } from "../../support/wait-for.ts";

/** The log of an agent that has printed this. */
async function logOf(rig: TestTown, content: string | Uint8Array): Promise<string> {
  await registerAgent(rig.town, { name: "dev" });
  await mkdir(rig.town.paths.logDir("dev"), { recursive: true });
  await writeFile(outputFile(rig.town, "dev"), content);
  return outputFile(rig.town, "dev");
}

async function lines(rig: TestTown, count?: number): Promise<readonly string[]> {
  return Array.fromAsync(readLog(rig.town, { agent: "dev", lines: count }));
}

describe("readLog()", () => {
  test("yields every line, also one that has not ended and empty ones", async () => {
    await using rig = await testTown();
    await logOf(rig, "one\n\n🏘️ three\nrest");
    expect(await lines(rig)).toEqual(["one", "", "🏘️ three", "rest"]);
  });

  test("yields nothing before the first turn", async () => {
    await using rig = await testTown();
    await registerAgent(rig.town, { name: "dev" });
    expect(await lines(rig)).toEqual([]);
    expect(await lines(rig, 5)).toEqual([]);
  });

  test.each([
    [0, []],
    [1, ["four"]],
    [3, ["one", "two", "four"]],
    [99, ["one", "two", "four"]],
  ])("yields the last %p lines that say something", async (count, expected) => {
    await using rig = await testTown();
    await logOf(rig, "one\ntwo\n\nfour\n");
    expect(await lines(rig, count)).toEqual(expected);
  });

  test("cuts no character, wherever a chunk of the file ends", async () => {
    await using rig = await testTown();
    const long = `${"x".repeat(65_535)}🏘️${"y".repeat(65_530)}é`;
    await logOf(rig, `${long}\nend\n`);
    expect(await lines(rig)).toEqual([long, "end"]);
  });

  test("goes on after bytes that are no text", async () => {
    await using rig = await testTown();
    await logOf(rig, new Uint8Array([0xff, 0xfe, 0x61, 0x0a, 0x62, 0x0a]));
    expect(await lines(rig)).toEqual(["\ufffd\ufffda", "b"]);
  });

  test("follows what is written, byte by byte, until it is aborted", async () => {
    await using rig = await testTown();
    const file = await logOf(rig, "before\n");
    const controller = new AbortController();
    const seen: string[] = [];
    const { signal } = controller;
    const following = (async () => {
      for await (const line of readLog(rig.town, { agent: "dev", follow: true, signal })) {
        seen.push(line);
      }
    })();
    await waitFor(() => seen.length === 1, { what: "the first line" });
    const bytes = new TextEncoder().encode("é🏘️ two\nthree\n");
    for (let n = 0; n < bytes.length; n++) await appendFile(file, bytes.subarray(n, n + 1));
    await waitFor(() => seen.length === 3, { what: "all lines" });
    controller.abort();
    await following;
    expect(seen).toEqual(["before", "é🏘️ two", "three"]);
  });

  test("knows no other agent", async () => {
    await using rig = await testTown();
    const reading = Array.fromAsync(readLog(rig.town, { agent: "nobody" }));
    expect(await rejection(reading)).toMatchObject({ code: "E_AGENT_NOT_FOUND" });
  });
});

test("lastLogLines() reads the end of a long log", async () => {
  await using rig = await testTown();
  await logOf(rig, Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`).join(""));
  expect(await lastLogLines(rig.town, "dev", 2)).toEqual(["line 19998", "line 19999"]);
  expect(await lastLogLines(rig.town, "nobody", 2)).toEqual([]);
});
