import { describe, expect, test } from "bun:test";
import { ROOT } from "../../../src/cli/root.ts";
import { runTt } from "../../support/cli-io.ts";

describe("tt alone", () => {
  test.each([[[]], [["--help"]], [["-h"]], [["help"]]])("%p prints every command", async (argv) => {
    const { code, stdout, stderr } = await runTt(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const word of Object.keys(ROOT).filter((name) => name !== "sim")) {
      expect(stdout).toMatch(new RegExp(`^  ${word} +[A-Z]`, "m"));
    }
    expect(stdout).not.toMatch(/^ {2}sim /m);
    expect(stdout).not.toContain("undefined");
  });

  test("prints its version without loading a command", async () => {
    for (const flag of ["--version", "-V"]) {
      expect((await runTt([flag])).stdout).toMatch(/^tt \d+\.\d+\.\d+\S* \(\S+\)\n$/);
    }
    expect(JSON.parse((await runTt(["--json", "--version"])).stdout)).toEqual({
      version: expect.any(String),
      commit: expect.any(String),
    });
  });
});

describe("tt with a wrong command", () => {
  test.each([
    [["asign", "dev", "x"], 'Unknown command "tt asign"', 'did you mean "tt assign"?'],
    [["frobnicate"], 'Unknown command "tt frobnicate"', "tt help lists the commands"],
    [["constructor"], 'Unknown command "tt constructor"', ""],
    [["task", "shwo"], 'Unknown command "tt task shwo"', 'did you mean "tt task show"?'],
    [["--bogus"], 'Unknown flag "--bogus" without a command', ""],
    [["help", "nothing"], 'No help for unknown command "nothing"', ""],
    [["help", "task", "nothing"], 'No help for unknown command "task nothing"', "tt help task"],
  ])("%p exits 2 and says what was meant", async (argv, message, hint) => {
    const { code, stdout, stderr } = await runTt(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toStartWith(`error: ${message}\n`);
    expect(stderr).toContain(hint);
  });
});

test("a group alone prints its commands", async () => {
  const { code, stdout } = await runTt(["task"]);
  expect(code).toBe(0);
  for (const word of ["cancel", "complete", "current", "fail", "list", "show"]) {
    expect(stdout).toMatch(new RegExp(`^  task ${word} +[A-Z]`, "m"));
  }
});

test.each([
  [["--town", "/nonexistent", "list"]],
  [["-t", "/nonexistent", "list"]],
  [["--town=/nonexistent", "list"]],
  [["list", "--town", "/nonexistent"]],
  [["task", "--town", "/nonexistent", "list"]],
])("global flags are taken before and after the command: %p", async (argv) => {
  const { code, stderr } = await runTt(argv);
  expect(code).toBe(8);
  expect(stderr).toContain('No tinytown.toml in "/nonexistent"');
});
