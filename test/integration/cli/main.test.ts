import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

const MAIN = resolve(import.meta.dir, "../../../src/main.ts");

/** Runs `tt` from its sources in a shell line in which `$TT` stands for it. */
function shell(line: string, env: Readonly<Record<string, string>> = {}) {
  const tt = `'${process.execPath}' '${MAIN}'`;
  const result = Bun.spawnSync(["sh", "-c", line.replaceAll("$TT", tt)], {
    env: { ...process.env, ...env },
  });
  return {
    code: result.exitCode,
    stdout: result.stdout.toString(),
    stderr: result.stderr.toString(),
  };
}

describe("tt as a process", () => {
  test("prints its version", () => {
    expect(shell("$TT --version")).toMatchObject({ code: 0, stderr: "" });
  });

  test("exits with the code of the command", () => {
    expect(shell("$TT frobnicate").code).toBe(2);
    expect(shell("$TT --town /nonexistent list").code).toBe(8);
  });

  test("ends quietly when its reader goes away", () => {
    const { stdout, stderr } = shell("($TT help; echo code $? >&2) | head -n 1");
    expect(stdout.split("\n")).toHaveLength(2);
    expect(stderr).toBe("code 0\n");
  });

  test.if(existsSync("/dev/full"))("says that its output could not be written", () => {
    const { code, stderr } = shell("$TT help > /dev/full");
    expect(code).toBe(1);
    expect(stderr).toStartWith("error: Cannot write to stdout: ENOSPC");
  });

  test("appends to a file that others write too", () => {
    const { stdout } = shell(
      'f=$(mktemp); (echo a; $TT -V; $TT -V; echo z) > "$f"; cat "$f"; rm "$f"',
    );
    expect(stdout).toMatch(/^a\ntt .*\ntt .*\nz\n$/);
  });

  test("prints no colours into a pipe unless they are forced", () => {
    expect(shell("$TT help").stdout).not.toContain("\u001b");
    expect(shell("$TT help", { FORCE_COLOR: "1" }).stdout).toContain("\u001b[1m");
    expect(shell("$TT help", { FORCE_COLOR: "1", NO_COLOR: "1" }).stdout).not.toContain("\u001b");
  });
});
