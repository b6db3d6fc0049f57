import { describe, expect, test } from "bun:test";
import { spawnChild } from "../../../src/process/spawn.ts";
import { rejection } from "../../support/rejection.ts";

/** More than a pipe holds: whoever writes it waits for a reader. */
const MUCH = 1_000_000;

function shell(script: string, onStdout: (chunk: Uint8Array) => void) {
  const stderr: string[] = [];
  const child = spawnChild({
    argv: ["sh", "-c", script],
    cwd: "/",
    env: { PATH: process.env.PATH ?? "" },
    onStdout,
    onStderr: (chunk) => void stderr.push(new TextDecoder().decode(chunk)),
  });
  return { child, stderr };
}

describe("spawnChild()", () => {
  test("hands over everything before the child counts as ended", async () => {
    let bytes = 0;
    const { child } = shell(`head -c ${MUCH} /dev/zero; exit 3`, (chunk) => {
      bytes += chunk.length;
    });
    expect(await child.exited).toEqual({ code: 3, signal: undefined });
    expect(bytes).toBe(MUCH);
  });

  test("lets a child end whose output cannot be taken, and says why then", async () => {
    let calls = 0;
    const { child, stderr } = shell(`head -c ${MUCH} /dev/zero && echo complete >&2`, () => {
      calls += 1;
      throw new Error("no space left");
    });
    expect((await rejection(child.exited)).message).toBe("no space left");
    expect(stderr.join("")).toBe("complete\n");
    expect(calls).toBe(1);
  });
});
