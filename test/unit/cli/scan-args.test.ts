import { describe, expect, test } from "bun:test";
import type { ArgSpecs } from "../../../src/cli/args.ts";
import { scanArgs } from "../../../src/cli/scan-args.ts";

const SPECS: ArgSpecs = {
  agent: { type: "positional", description: "" },
  urgent: { type: "boolean", description: "" },
  check: { type: "boolean", default: true, description: "" },
  quiet: { type: "boolean", alias: "q", description: "" },
  cli: { type: "string", alias: "c", description: "" },
  lines: { type: "number", alias: "n", description: "" },
  tag: { type: "list", description: "" },
};

function scan(...argv: string[]) {
  return scanArgs(argv, SPECS);
}

describe("scanArgs()", () => {
  test("takes flags before, between and after positionals", () => {
    expect(scan("--urgent", "dev", "-c", "claude", "text").argv).toEqual([
      "--urgent",
      "--cli=claude",
      "--",
      "dev",
      "text",
    ]);
  });

  test.each([
    [["-qn5"], ["--quiet", "--lines=5"]],
    [["-n", "5"], ["--lines=5"]],
    [["-n=5"], ["--lines=5"]],
    [["--lines=5"], ["--lines=5"]],
    [["--no-check"], ["--no-check"]],
    [["--check=false"], ["--no-check"]],
    [["--no-check=false"], ["--check"]],
    [["--urgent=true"], ["--urgent"]],
    [["--cli="], ["--cli="]],
    [["--cli", "- text with a dash"], ["--cli=- text with a dash"]],
  ])("reads %p", (argv, expected) => {
    expect(scan(...argv).argv).toEqual([...expected, "--"]);
  });

  test("collects every value of a repeated list flag in order", () => {
    expect(scan("--tag", "b", "--tag=a", "--tag", "b").lists).toEqual({ tag: ["b", "a", "b"] });
  });

  test.each([["-"], ["-5"], ["-1 for this idea"], ["- a list item"], ["--- a/file\n+++ b/file"]])(
    "takes %p as text",
    (text) => {
      expect(scan(text).positionals).toEqual([text]);
    },
  );

  test("takes everything after -- as text", () => {
    expect(scan("a", "--", "--urgent", "--", "-x").positionals).toEqual([
      "a",
      "--urgent",
      "--",
      "-x",
    ]);
  });

  test("leaves what follows the first positional alone with passthrough", () => {
    const argv = ["-q", "flow.ts", "--cli", "--unknown", "--", "-x"];
    const scanned = scanArgs(argv, SPECS, { passthrough: true });
    expect(scanned.positionals).toEqual(["flow.ts"]);
    expect(scanned.rest).toEqual(["--cli", "--unknown", "--", "-x"]);
  });

  test.each([
    [["--clii", "x"], 'Unknown flag "--clii"', "did you mean --cli?"],
    [["--lines5"], 'Unknown flag "--lines5"', "did you mean --lines?"],
    [["-x"], 'Unknown flag "-x"', 'put "--" before text'],
    [["-qx"], 'Unknown flag "-x"', ""],
    [["--frobnicate=1"], 'Unknown flag "--frobnicate"', 'put "--" before text'],
    [["--cli"], 'Flag "--cli" needs a value', "--cli=<value>"],
    [["--cli", "--urgent"], 'Flag "--cli" needs a value', "--cli=<value>"],
    [["-n"], 'Flag "-n" needs a value', "-n=<value>"],
    [["--urgent=maybe"], 'Flag "--urgent" takes no value', "--urgent alone"],
    [["--no-cli", "x"], 'Unknown flag "--no-cli"', ""],
  ])("refuses %p", (argv, message, hint) => {
    let thrown: unknown;
    try {
      scan(...argv);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: "E_USAGE",
      message,
      hint: expect.stringContaining(hint),
    });
  });
});
