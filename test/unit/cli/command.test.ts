import { describe, expect, test } from "bun:test";
import { command } from "../../../src/cli/command.ts";
import { ClosedOutput } from "../../../src/cli/output.ts";
import { NotFoundError } from "../../../src/core/errors.ts";
import { testIo } from "../../support/cli-io.ts";

const greet = command({
  name: "greet",
  description: "Greet somebody",
  examples: ["tt greet Ada"],
  needs: "nothing",
  args: {
    who: { type: "positional", description: "Whom" },
    more: { type: "positional", rest: true, description: "Who else" },
    times: { type: "number", min: 1, max: 9, default: 1, description: "How often" },
    within: { type: "duration", description: "How fast" },
    mood: { type: "enum", options: ["glad", "sad"], description: "How" },
    tag: { type: "list", description: "Labels" },
    loud: { type: "boolean", description: "Shout" },
    soft: { type: "boolean", description: "Whisper" },
    check: { type: "boolean", default: true, description: "Do not look first" },
  },
  exclusive: [["loud", "soft"]],
  run: async ({ args }) => args,
  render: (args) => `hello ${args.who}`,
  quiet: (args) => args.who,
});

async function execute(argv: readonly string[], target = greet) {
  const io = testIo();
  const code = await target.execute(argv, io);
  return { code, stdout: io.stdoutText(), stderr: io.stderrText() };
}

describe("command()", () => {
  test("prints the rendered value with a line feed", async () => {
    expect(await execute(["Ada"])).toEqual({ code: 0, stdout: "hello Ada\n", stderr: "" });
  });

  test("prints the essential with --quiet", async () => {
    expect((await execute(["Ada", "-q"])).stdout).toBe("Ada\n");
  });

  test("prints one JSON document with --json, with every type converted", async () => {
    const argv = ["--json", "Ada", "Bob", "--times", "3", "--within", "2m", "--mood=sad"];
    const { stdout } = await execute([...argv, "--tag", "a", "--tag", "b", "--loud", "--no-check"]);
    expect(JSON.parse(stdout)).toEqual({
      who: "Ada",
      more: ["Bob"],
      times: 3,
      within: 120_000,
      mood: "sad",
      tag: ["a", "b"],
      loud: true,
      soft: false,
      check: false,
    });
  });

  test("uses the defaults of what is not given", async () => {
    const { stdout } = await execute(["Ada", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      who: "Ada",
      more: [],
      times: 1,
      tag: [],
      loud: false,
      soft: false,
      check: true,
    });
  });

  test.each([
    [[], "Missing argument WHO", "tt help greet"],
    [["Ada", "--bogus"], 'Unknown flag "--bogus"', ""],
    [["Ada", "--times", "many"], 'Flag "--times" takes a whole number, not "many"', ""],
    [["Ada", "--times", "1.5"], 'Flag "--times" takes a whole number, not "1.5"', ""],
    [["Ada", "--times", ""], 'Flag "--times" takes a whole number, not ""', ""],
    [["Ada", "--times", "0"], 'Flag "--times" must be at least 1, not 0', ""],
    [["Ada", "--times", "10"], 'Flag "--times" must be at most 9, not 10', ""],
    [["Ada", "--within", "soon"], 'Flag "--within" takes a duration, not "soon"', "90s"],
    [["Ada", "--mood", "odd"], 'Flag "--mood" does not know "odd"', "glad, sad"],
    [["Ada", "--loud", "--soft"], 'Flags "--loud" and "--soft" exclude each other', ""],
  ])("refuses %p with exit 2", async (argv, message, hint) => {
    const human = await execute(argv);
    expect(human).toMatchObject({ code: 2, stdout: "" });
    expect(human.stderr).toStartWith(`error: ${message}\nhint: `);
    expect(human.stderr).toContain(hint);
    const json = await execute([...argv, "--json"]);
    expect(json).toMatchObject({ code: 2, stdout: "" });
    expect(json.stderr.trimEnd()).not.toContain("\n");
    expect(JSON.parse(json.stderr).error).toMatchObject({ code: "E_USAGE", message });
  });

  test("refuses an extra positional", async () => {
    const none = command({
      name: "none",
      description: "Take nothing",
      examples: [],
      needs: "nothing",
      run: async () => 1,
      render: String,
    });
    expect(await execute(["x"], none)).toMatchObject({
      code: 2,
      stderr: 'error: Unexpected argument "x"\nhint: tt help none\n',
    });
  });

  test("prints its help even when arguments are missing", async () => {
    const { code, stdout } = await execute(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "Greet somebody.

      Usage
        tt greet [options] <WHO> [MORE...]

      Arguments
        WHO      Whom
        MORE...  Who else

      Options
            --times TIMES  How often (default 1)
            --within TIME  How fast
            --mood MOOD    How (one of glad, sad)
            --tag TAG      Labels (may be repeated)
            --loud         Shout
            --soft         Whisper
            --no-check     Do not look first

      Common options
        -t, --town PATH  Town directory
            --json       Print JSON on stdout
        -q, --quiet      Print only the essential
        -v, --verbose    Say more, with stack traces of errors
        -h, --help       Print this help

      Examples
        tt greet Ada
      "
    `);
  });

  test("prints a stream item by item, as JSON lines with --json", async () => {
    const stream = command({
      name: "count",
      description: "Count",
      examples: [],
      needs: "nothing",
      run: async function* () {
        yield 1;
        yield 2;
      },
      render: (n) => `<${n}>`,
      exitCode: (n) => n,
    });
    expect(await execute([], stream)).toEqual({ code: 2, stdout: "<1><2>", stderr: "" });
    expect((await execute(["--json"], stream)).stdout).toBe("1\n2\n");
  });

  test("hands over what follows the first positional with passthrough", async () => {
    const raw = command({
      name: "raw",
      description: "Pass on",
      examples: [],
      needs: "nothing",
      passthrough: true,
      args: { file: { type: "positional", description: "File" } },
      run: async ({ args, rest, globals }) => ({ file: args.file, rest, json: globals.json }),
      render: (value) => JSON.stringify(value),
    });
    const { stdout } = await execute(["-q", "flow.ts", "--json", "--help", "-x", "--"], raw);
    expect(JSON.parse(stdout)).toEqual({
      file: "flow.ts",
      rest: ["--json", "--help", "-x", "--"],
      json: false,
    });
  });
});

function failing(error: unknown) {
  return command({
    name: "fail",
    description: "Fail",
    examples: [],
    needs: "nothing",
    interruptible: true,
    run: async (): Promise<number> => {
      throw error;
    },
    render: String,
  });
}

describe("command() with a failing run", () => {
  const missing = new NotFoundError({
    code: "E_AGENT_NOT_FOUND",
    message: 'No agent "x\u001b[2J"',
    hint: "tt list",
  });

  test("prints message and hint without escape sequences", async () => {
    expect(await execute([], failing(missing))).toEqual({
      code: 1,
      stdout: "",
      stderr: 'error: No agent "x"\nhint: tt list\n',
    });
  });

  test("prints one line of JSON with --json", async () => {
    const { stdout, stderr } = await execute(["--json"], failing(missing));
    expect(stdout).toBe("");
    expect(JSON.parse(stderr)).toEqual({
      error: { code: "E_AGENT_NOT_FOUND", message: 'No agent "x\u001b[2J"', hint: "tt list" },
    });
  });

  test("shows the stack of a bug, with its cause, and exits 70", async () => {
    const bug = new TypeError("oops", { cause: new Error("deeper") });
    const { code, stderr } = await execute([], failing(bug));
    expect(code).toBe(70);
    expect(stderr).toContain("oops");
    expect(stderr).toContain("caused by: ");
    expect(stderr).toContain("deeper");
    expect(stderr).toContain("command.test.ts");
    expect(stderr).toContain("this is a bug in tt");
  });

  test("ends quietly when nobody reads its output", async () => {
    expect(await execute([], failing(new ClosedOutput("closed")))).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});

describe("command() that is interrupted", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("ends with the code of %s and says nothing", async (name, code) => {
    const io = testIo();
    const waiting = command({
      name: "wait",
      description: "Wait",
      examples: [],
      needs: "nothing",
      interruptible: true,
      run: ({ signal }) => {
        const { promise, reject } = Promise.withResolvers<number>();
        signal.addEventListener("abort", () => reject(signal.reason));
        queueMicrotask(() => io.interrupt(name));
        return promise;
      },
      render: String,
    });
    expect(await waiting.execute([], io)).toBe(code);
    expect(io.stdoutText() + io.stderrText()).toBe("");
  });
});
