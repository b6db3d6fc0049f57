import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { CliReport, TurnRequest } from "../../../../src/agent/clis/agent-cli.ts";
import { decideOutcome } from "../../../../src/agent/clis/decide.ts";
import { resolveCli } from "../../../../src/agent/clis/registry.ts";
import { PRESET_CLIS } from "../../../../src/core/preset-clis.ts";

const FIXTURES = join(import.meta.dir, "../../../fixtures/cli-output");
const SESSION = "11111111-2222-4333-8444-555555555555";

const REQUEST: TurnRequest = {
  prompt: "You are backend.\nDo it; `rm -rf` $(x) 'now'\n",
  promptFile: "/town with space/.tt/run/it's a prompt.md",
  model: "vendor/model-1",
  sessionId: SESSION,
  resume: undefined,
  cwd: "/town with space",
};

interface Expected {
  readonly prompt: "stdin" | "file" | "argument";
  /** The session in its sample. */
  readonly session: string | undefined;
  readonly json: boolean;
  /** Arguments that go on with a conversation. */
  readonly resume: readonly string[];
}

const CLIS: Readonly<Record<string, Expected>> = {
  claude: {
    prompt: "stdin",
    session: "82c5750f-1003-4706-bd60-d5a15a4da5b1",
    json: true,
    resume: ["--resume", "S"],
  },
  codex: {
    prompt: "stdin",
    session: "01a1fbfc-585d-7891-920e-568a1a5bcf97",
    json: true,
    resume: ["resume", "S", "-"],
  },
  "codex-mini": {
    prompt: "stdin",
    session: "01a1fbfc-585d-7891-920e-568a1a5bcf97",
    json: true,
    resume: ["resume", "S", "-"],
  },
  gemini: {
    prompt: "stdin",
    session: "630ddc58-e63d-44da-b26c-5e0c16585472",
    json: true,
    resume: ["--resume", "S"],
  },
  copilot: {
    prompt: "stdin",
    session: "538c5c2c-b4bc-4f5b-9d65-e586ce19d728",
    json: true,
    resume: ["--resume=S"],
  },
  auggie: {
    prompt: "file",
    session: "e8f5d6d9-f56a-413c-b928-7c8137f8a6a7",
    json: true,
    resume: ["--resume", "S"],
  },
  opencode: {
    prompt: "stdin",
    session: "ses_e04039e46ffePjv4ESY66K1v20",
    json: true,
    resume: ["-s", "S"],
  },
  cursor: {
    prompt: "argument",
    session: "c6b62c6f-7ead-4fd6-9922-e952131177ff",
    json: true,
    resume: ["--resume", "S"],
  },
  aider: { prompt: "file", session: undefined, json: false, resume: [] },
  sim: {
    prompt: "stdin",
    session: "5f0c1df4-2b43-4c4a-9e55-3f6f5d1a8f10",
    json: true,
    resume: [],
  },
};

const sampleOf = async (name: string) =>
  Bun.file(join(FIXTURES, `${name === "codex-mini" ? "codex" : name}.out`)).text();

function reportOf(name: string, output: string, code: number | undefined = 0): CliReport {
  const parser = resolveCli(name, {}).parser();
  for (const line of output.split("\n")) parser.line(line);
  return parser.end({ code, stderrTail: "" });
}

const outcomeOf = (report: CliReport) =>
  decideOutcome({ report, exitCode: 0, signal: undefined, stopped: false, timedOut: false })
    .outcome;

test("every preset has a row in this test", () => {
  expect(Object.keys(CLIS).sort()).toEqual([...PRESET_CLIS].sort());
});

for (const [name, expected] of Object.entries(CLIS)) {
  const cli = resolveCli(name, {});

  describe(`the ${name} adapter`, () => {
    test("starts the program itself, without a shell", () => {
      const { argv } = cli.invocation(REQUEST);
      expect(argv[0]).toBe(cli.executable);
      expect(argv[0]).not.toMatch(/(^|\/)(ba|z|da)?sh$/);
      expect(argv.every((word) => typeof word === "string")).toBe(true);
    });

    test("hands over the prompt the way the CLI takes it", () => {
      const { argv, stdin } = cli.invocation(REQUEST);
      expect(stdin).toBe(expected.prompt === "stdin" ? "prompt" : "none");
      expect(argv.includes(REQUEST.promptFile)).toBe(expected.prompt === "file");
      expect(argv.includes(REQUEST.prompt)).toBe(expected.prompt === "argument");
    });

    test("never puts a long prompt on the command line", () => {
      const prompt = "ü".repeat(60_000);
      const { argv } = cli.invocation({ ...REQUEST, prompt });
      expect(Buffer.byteLength(argv.join(" "))).toBeLessThan(10_000);
      if (expected.prompt === "argument") expect(argv.at(-1)).toContain(REQUEST.promptFile);
    });

    test("does not let a prompt pose as an option", () => {
      const { argv } = cli.invocation({ ...REQUEST, prompt: "--yolo" });
      expect(argv.filter((word) => word === "--yolo")).toHaveLength(name === "gemini" ? 1 : 0);
    });

    test("passes the model on", () => {
      const { argv, env } = cli.invocation(REQUEST);
      expect([...argv, ...Object.values(env)]).toContain("vendor/model-1");
    });

    test("goes on with a conversation, and offers an id only for a new one", () => {
      const fresh = cli.invocation(REQUEST);
      const resumed = cli.invocation({ ...REQUEST, resume: "S" });
      expect(resumed.argv.join("\n")).toContain(expected.resume.join("\n"));
      expect(resumed.argv).not.toContain(SESSION);
      if (expected.resume.length > 0) expect(resumed.argv).not.toEqual(fresh.argv);
    });

    test("never lifts the CLI's refusal to run as root", () => {
      expect(Object.keys(cli.invocation(REQUEST).env)).not.toContain("IS_SANDBOX");
    });

    test("reads its recorded output", async () => {
      const report = reportOf(name, await sampleOf(name));
      if (expected.json) expect(report.text).toBe("sample done");
      else expect(report.text).toContain("sample done");
      expect(report).toMatchObject({ problem: undefined, final: true, sessionLost: false });
      expect(report.sessionId).toBe(expected.session);
      expect(outcomeOf(report)).toBe("done");
    });

    test("takes no output for an empty turn", () => {
      expect(outcomeOf(reportOf(name, ""))).toBe("empty");
      expect(outcomeOf(reportOf(name, "\n \n\t\n"))).toBe("empty");
    });

    test("takes an exit code without any output for a failure", () => {
      expect(reportOf(name, "", 3).problem).toEqual({ outcome: "failed", reason: "exit code 3" });
    });

    test("ignores unknown fields, events and foreign lines", async () => {
      const noisy = (await sampleOf(name))
        .split("\n")
        .flatMap((line) => [
          "npm warn something",
          '{"type":"brand_new_event","data":{"a":[1,{"b":null}]}}',
          expected.json ? line.replace(/^\{/, '{"zz_new":{"deep":[[[]]]},') : line,
        ])
        .join("\r\n");
      const report = reportOf(name, expected.json ? noisy : await sampleOf(name));
      expect(outcomeOf(report)).toBe("done");
      expect(report.text).toContain("sample done");
    });

    test("survives fields of the wrong type", () => {
      for (const type of [...EVENT_TYPES, null, 1, {}]) {
        for (const value of [null, 0, "x", [], [null, 1], {}, { type: 7, data: null }]) {
          const names = "message item error data part result session_id text is_error status code";
          const fields = Object.fromEntries(names.split(" ").map((field) => [field, value]));
          const report = reportOf(name, `${JSON.stringify({ type, ...fields })}\n`);
          expect(typeof report.text).toBe("string");
        }
      }
      for (const line of ["null", "[]", "1", '"x"', "{", "{}", '{"type":', "}{", "\u0000"]) {
        expect(typeof reportOf(name, line).text).toBe("string");
      }
    });

    test("never takes a cut output for a finished one", async () => {
      if (!expected.json) return;
      const sample = (await sampleOf(name)).trimEnd();
      const step = Math.max(1, Math.floor(sample.length / 40));
      for (let end = 0; end < sample.length; end += step) {
        expect(outcomeOf(reportOf(name, sample.slice(0, end)))).toBe("empty");
      }
    });

    test("survives a line of 10 MB and bytes that are no UTF-8", async () => {
      const sample = await sampleOf(name);
      const junk = new TextDecoder().decode(
        Uint8Array.from({ length: 999 }, (_, i) => (i * 7) % 256),
      );
      const huge = JSON.stringify({ type: "tool", output: "x".repeat(10_000_000) });
      const report = reportOf(name, [huge, junk.replaceAll("\n", ""), sample].join("\n"));
      expect(report.text).toContain("sample done");
      expect(report.text.length).toBeLessThan(2_000_000);
      expect(outcomeOf(report)).toBe("done");
    });
  });
}

const EVENT_TYPES = [
  ..."assistant result thread.started item.completed turn.completed turn.failed error".split(" "),
  ..."init message tool_use assistant.message session.error text step_finish step_start".split(" "),
];
