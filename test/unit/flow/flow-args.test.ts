import { describe, expect, test } from "bun:test";
import { flowHelp, looseArgs, parseFlowArgs } from "../../../src/flow/flow-args.ts";
import { TownError } from "../../../src/flow/town-error.ts";

describe("looseArgs()", () => {
  const cases: readonly (readonly [readonly string[], Record<string, unknown>])[] = [
    [["a", "b"], { _: ["a", "b"] }],
    [["--name", "x", "y"], { name: "x", _: ["y"] }],
    [["--name=x=y"], { name: "x=y", _: [] }],
    [["--dry", "--issue", "42"], { dry: true, issue: 42, _: [] }],
    [["--no-color"], { color: false, _: [] }],
    [
      ["--id", "007", "--big", "12345678901234567890"],
      { id: "007", big: "12345678901234567890", _: [] },
    ],
    [["--n", "-5"], { n: -5, _: [] }],
    [["--a", "--", "--b"], { a: true, _: ["--b"] }],
    [["-v"], { v: true, _: [] }],
    [["-"], { _: ["-"] }],
  ];
  test.each(cases)("%p", (argv, expected) => {
    expect<unknown>(looseArgs(argv)).toEqual(expected);
  });
});

const SPEC = {
  files: { type: "list", positional: true, description: "What to read" },
  issue: { type: "number", required: true },
  base: { type: "string", default: "main" },
  mode: { type: "string", choices: ["fast", "safe"] },
  dry: { type: "boolean", description: "Only look" },
  tag: { type: "list" },
} as const;

function refused(argv: readonly string[]): string {
  try {
    parseFlowArgs(SPEC, argv);
  } catch (error) {
    if (error instanceof TownError && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("parseFlowArgs()", () => {
  test("reads flags, lists, booleans and positionals, and fills in defaults", () => {
    const argv = ["a.ts", "--issue=4", "--dry", "b.ts", "--tag", "x", "--tag=y", "--", "--c.ts"];
    expect(parseFlowArgs(SPEC, argv)).toEqual({
      help: false,
      values: {
        files: ["a.ts", "b.ts", "--c.ts"],
        issue: 4,
        base: "main",
        mode: undefined,
        dry: true,
        tag: ["x", "y"],
      },
    });
  });

  test("--no-<flag> is false, and a list nobody filled is empty", () => {
    expect(parseFlowArgs(SPEC, ["--issue", "1", "--no-dry"])).toMatchObject({
      values: { dry: false, tag: [] },
    });
  });

  test("--help and -h ask for the help", () => {
    expect(parseFlowArgs(SPEC, ["--help"])).toEqual({ help: true });
    expect(parseFlowArgs(SPEC, ["-h"])).toEqual({ help: true });
  });

  test("says what is wrong, with exit code 2", () => {
    expect(refused([])).toBe("Missing --issue");
    expect(refused(["--issue"])).toBe("Flag --issue needs a value");
    expect(refused(["--issue", "four"])).toBe('Invalid --issue "four": not a number');
    expect(refused(["--isue", "4"])).toBe('Unknown flag "--isue"; did you mean --issue?');
    expect(refused(["--issue", "4", "--mode", "slow"])).toContain("use one of fast, safe");
  });

  test("refuses positionals that nothing takes", () => {
    expect(() => parseFlowArgs({}, ["x"])).toThrow('Unexpected argument "x"');
  });
});

test("flowHelp() lists arguments with what they take", () => {
  expect(flowHelp("fix.ts", SPEC, { description: "Fix an issue" })).toMatchInlineSnapshot(`
"Fix an issue

Usage: tt run fix.ts [FILES…] [flags]

  FILES             What to read
  --issue <number>  (required)
  --base <string>   (default "main")
  --mode <string>   (fast | safe)
  --dry             Only look
  --tag <list>"
`);
});
