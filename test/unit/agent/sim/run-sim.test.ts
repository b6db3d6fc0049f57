import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decideOutcome } from "../../../../src/agent/clis/decide.ts";
import { resolveCli } from "../../../../src/agent/clis/registry.ts";
import { runSim } from "../../../../src/agent/sim/run-sim.ts";
import { buildPrompt } from "../../../../src/core/prompt.ts";

let root = "";
let cwd = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tt sim-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const freshDirectory = () => mkdtempSync(join(root, "w"));

interface SimOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly attempt?: number;
  readonly id?: string;
  readonly signal?: AbortSignal;
  readonly prompt?: string;
}

/** Runs one turn about `text` and reads its output as the host would. */
async function sim(text: string, options: SimOptions = {}) {
  const attempt = options.attempt ?? 1;
  const work = { kind: "task", id: options.id ?? "T1", text } as const;
  const notes = [{ kind: "info", from: "x", text: "SIM: crash" }] as const;
  const built = buildPrompt(
    { town: "t", agent: { name: "a" }, work, notes, attempt, completion: "turn" },
    { overflowPath: "/none" },
  );
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await runSim({
    stdin: async () => options.prompt ?? built.text,
    write: (line) => void lines.push(line),
    writeError: (line) => void errors.push(line),
    env: { PATH: process.env.PATH, TT_SIM_SESSION: "S", ...options.env },
    cwd,
    signal: options.signal ?? new AbortController().signal,
  });
  const parser = resolveCli("sim", {}).parser();
  for (const line of lines) parser.line(line);
  const report = parser.end({ code, stderrTail: errors.join("\n") });
  const verdict = decideOutcome({
    ...{ report, exitCode: code, signal: undefined },
    ...{ stopped: false, timedOut: false },
  });
  return { code, lines, errors, report, ...verdict };
}

describe("runSim()", () => {
  beforeAll(() => {
    cwd = freshDirectory();
  });

  test("answers with the first line of a task without directives", async () => {
    const turn = await sim("\n  Build the login UI\n- with tests");
    expect(turn).toMatchObject({ outcome: "done", text: 'sim: did "Build the login UI"', code: 0 });
    expect(turn.report.sessionId).toBe("S");
  });

  test("says what it is told to say", async () => {
    expect((await sim("x\nSIM: answer one\nSIM: answer two")).text).toBe("one\ntwo");
    expect((await sim("Title\nSIM: delay 1ms")).text).toBe('sim: did "Title"');
    expect((await sim("SIM: delay 1ms\nSIM: delay 1ms")).text).toBe("sim: 2 steps done");
  });

  test("takes a prompt without markers for the work", async () => {
    expect((await sim("", { prompt: "SIM: answer plain\n" })).text).toBe("plain");
  });

  test("writes, appends, replaces and reads files", async () => {
    const turn = await sim(
      [
        "SIM: write src/a.txt hello",
        "SIM: append src/a.txt wor1d",
        "SIM: replace src/a.txt /1/ l",
        "SIM: read src/a.txt",
        "SIM: run sh -c 'test -f src/a.txt'",
      ].join("\n"),
    );
    expect(turn).toMatchObject({ outcome: "done", text: "hello\nworld" });
    expect(await readFile(join(cwd, "src/a.txt"), "utf8")).toBe("hello\nworld\n");
    const tools = turn.lines.map((line) => JSON.parse(line)).filter((e) => e.type === "tool");
    expect(tools.map((e) => e.name)).toEqual(["write", "append", "replace", "read", "run"]);
  });

  const refused: readonly (readonly [string, string])[] = [
    ["SIM: read ../secret", "outside the working directory"],
    ["SIM: write /etc/tt-sim-test x", "outside the working directory"],
    ["SIM: write link/x.txt x", "outside the working directory"],
    ["SIM: read no-such-file", "ENOENT"],
    ["SIM: write dir/a x\nSIM: replace dir/a /y/ z", "nothing matches /y/"],
    ["SIM: anwser x", 'did you mean "answer"?'],
    ["SIM: tt no-such-command", '"tt no-such-command" exited with code'],
    ["SIM: background /no/such/program", "Cannot start"],
  ];
  for (const [text, reason] of refused) {
    test(`fails the turn at "${text.replace("\n", "; ")}"`, async () => {
      if (text.includes("link")) symlinkSync(root, join(cwd, "link"));
      const turn = await sim(`${text}\nSIM: answer not reached`);
      expect(turn).toMatchObject({ outcome: "failed", code: 1 });
      expect(turn.reason).toContain(reason);
    });
  }

  test("tells a command's code and shows output on demand", async () => {
    const turn = await sim("SIM: run sh -c 'echo hidden; exit 3'\nSIM: show sh -c 'echo shown'");
    expect(turn.outcome).toBe("done");
    expect(turn.text).toBe(`"sh -c 'echo hidden; exit 3'" exited with code 3\nshown`);
    expect(turn.lines.join("\n")).toContain("hidden");
    expect((await sim("SIM: run no-such-program")).text).toContain("exited with code 127");
  });

  const endings: readonly (readonly [string, string, number])[] = [
    ["SIM: fail 401 is not auth here", "failed", 1],
    ["SIM: rate-limit 30s", "rate_limited", 1],
    ["SIM: auth-fail", "auth", 1],
    ["SIM: context-full", "context_exhausted", 1],
    ["SIM: needs-input red or blue?", "needs_input", 1],
    ["SIM: empty", "empty", 0],
    ["SIM: exit 9", "failed", 9],
    ["SIM: answer ok\nSIM: exit 0", "done", 0],
  ];
  for (const [text, outcome, code] of endings) {
    test(`ends "${text.replace("\n", "; ")}" as ${outcome}`, async () => {
      const turn = await sim(`${text}\nSIM: answer not reached`);
      expect(turn).toMatchObject({ outcome, code });
      expect(turn.text).not.toContain("not reached");
    });
  }

  test("hands on how long a rate limit lasts", async () => {
    expect((await sim("SIM: rate-limit 1m30s")).retryAfterMs).toBe(90_000);
  });

  test("refuses to close a task when the turn is about a message", async () => {
    const turn = await sim("", { prompt: "SIM: complete done" });
    expect(turn.reason).toBe("Cannot complete a task: this turn is about a message");
  });

  test("writes to stderr and floods the log", async () => {
    const turn = await sim("SIM: stderr careful\nSIM: flood 1MB\nSIM: answer done");
    expect(turn.errors).toEqual(["careful"]);
    expect(turn.lines.join("\n").length).toBeGreaterThan(1_000_000);
    expect(turn.text).toBe("done");
  });

  test("ends a wait and a command when it is asked to end", async () => {
    for (const text of ["SIM: hang", "SIM: delay 1h", "SIM: run sleep 600"]) {
      const stop = new AbortController();
      const turn = sim(text, { signal: stop.signal });
      stop.abort();
      expect((await turn).code).toBe(143);
    }
  });

  test("does once what is marked so, by the attempt or by its mark", async () => {
    const state = { TT_SIM_STATE_DIR: freshDirectory() };
    const text = "SIM: once fail first\nSIM: answer second";
    expect((await sim(text, { env: state, id: "A" })).outcome).toBe("failed");
    expect(readdirSync(state.TT_SIM_STATE_DIR)).toHaveLength(1);
    expect((await sim(text, { env: state, id: "A" })).text).toBe("second");
    expect((await sim(text, { env: state, id: "B" })).outcome).toBe("failed");
    expect((await sim(text, { attempt: 2 })).text).toBe("second");
    expect((await sim(text)).outcome).toBe("failed");
  });
});

describe("runSim() with a script", () => {
  const script = `
    [[rule]]
    match = "LOGIN"
    do = ["write from-script.txt hello", "answer scripted"]

    [[rule]]
    match = "."
    do = ["answer anything"]
  `;
  const withScript = async (toml: string, text: string) => {
    cwd = freshDirectory();
    await writeFile(join(cwd, "sim.toml"), toml);
    return sim(text, { env: { TT_SIM_SCRIPT: "sim.toml" } });
  };

  test("applies the first rule that matches", async () => {
    expect((await withScript(script, "Build the login UI")).text).toBe("scripted");
    expect(await readFile(join(cwd, "from-script.txt"), "utf8")).toBe("hello\n");
    expect((await withScript(script, "Write docs")).text).toBe("anything");
  });

  test("leaves tasks with directives alone", async () => {
    expect((await withScript(script, "login\nSIM: answer own")).text).toBe("own");
  });

  test("answers as usual where no rule matches", async () => {
    const narrow = '[[rule]]\nmatch = "^never$"\ndo = []';
    expect((await withScript(narrow, "Write docs")).text).toBe('sim: did "Write docs"');
  });

  const broken: readonly (readonly [string, string])[] = [
    ["[[rule]]\nmatch = ", "sim.toml:2:"],
    ['[[rule]]\nmatch = "("\ndo = []', "rule.0.match: is not a regular expression"],
    ['[[rule]]\nmatch = "a"\nsteps = []', "rule.0."],
    ['[[rule]]\nmatch = "a"\ndo = ["anwser"]', 'did you mean "answer"?'],
  ];
  for (const [toml, reason] of broken) {
    test(`fails the turn when the script reads ${JSON.stringify(toml)}`, async () => {
      const turn = await withScript(toml, "a task");
      expect(turn.outcome).toBe("failed");
      expect(turn.reason).toContain(reason);
    });
  }

  test("fails the turn when the script is missing", async () => {
    const turn = await sim("x", { env: { TT_SIM_SCRIPT: "gone.toml" } });
    expect(turn.reason).toContain("gone.toml: cannot be read");
  });
});
