import { describe, expect, test } from "bun:test";
import type { TurnRequest } from "../../../../src/agent/clis/agent-cli.ts";
import { knownCliNames, resolveCli } from "../../../../src/agent/clis/registry.ts";
import { ConfigError, UsageError } from "../../../../src/core/errors.ts";

const REQUEST: TurnRequest = {
  prompt: "p",
  promptFile: "/t/prompt.md",
  model: undefined,
  sessionId: "S",
  resume: undefined,
  cwd: "/t",
};
const argvOf = (...args: Parameters<typeof resolveCli>) =>
  resolveCli(...args).invocation(REQUEST).argv;

describe("resolveCli()", () => {
  test("writes the presets' command lines", () => {
    const names = knownCliNames({}).filter((name) => name !== "sim" && name !== "opencode");
    const lines = names.map((name) => argvOf(name, {}).join(" "));
    expect(lines.join("\n")).toMatchInlineSnapshot(`
      "claude --print --dangerously-skip-permissions --output-format stream-json --verbose --session-id S
      codex exec --json --dangerously-bypass-approvals-and-sandbox -
      codex exec --json --dangerously-bypass-approvals-and-sandbox -c model_reasoning_effort="medium" -
      gemini --yolo --skip-trust --output-format stream-json --session-id S
      copilot --allow-all --no-ask-user --no-auto-update --no-color --output-format json --session-id S
      auggie --print --output-format json --retry-timeout 60 --instruction-file /t/prompt.md
      cursor-agent --print --force --trust --output-format stream-json p
      aider --yes-always --no-auto-commits --no-check-update --analytics-disable --no-pretty --no-stream --no-fancy-input --no-detect-urls --message-file /t/prompt.md"
    `);
  });

  test("starts this program as sim", () => {
    const { argv, env } = resolveCli("sim", {}).invocation({ ...REQUEST, resume: "old" });
    expect(argv.at(-1)).toBe("sim");
    expect(argv[0]).toBe(process.execPath);
    expect(env).toEqual({ TT_SIM_SESSION: "old", TT_SIM_STATE_DIR: "/t" });
  });

  test("refuses opencode without a model", () => {
    expect(() => argvOf("opencode", {})).toThrow(UsageError);
    expect(argvOf("opencode", { opencode: { model: "a/b" } }).join(" ")).toBe(
      "opencode run --auto --format json --dir /t -m a/b",
    );
  });

  test("runs a command of one's own with the prompt on stdin and text back", () => {
    const config = { mine: { command: `sh -c 'my "cli"'`, env: { A: "1" }, model: "m" } };
    const cli = resolveCli("mine", config);
    expect(cli.name).toBe("mine");
    expect(cli.executable).toBe("sh");
    expect(cli.invocation(REQUEST)).toEqual({
      argv: ["sh", "-c", 'my "cli"'],
      env: { TINYTOWN_PROMPT_FILE: "/t/prompt.md", TINYTOWN_MODEL: "m", A: "1" },
      stdin: "prompt",
    });
    const parser = cli.parser();
    parser.line("\u001b[1mhello\u001b[0m ");
    parser.line("world");
    const report = parser.end({ code: 0, stderrTail: "" });
    expect(report).toMatchObject({ text: "hello\nworld", final: true, problem: undefined });
  });

  test("runs a literal command line", () => {
    expect(argvOf("my-cli --fast 'a b'", {})).toEqual(["my-cli", "--fast", "a b"]);
  });

  test("lets an entry extend a preset with another program, environment and model", () => {
    const config = {
      work: {
        extends: "claude",
        command: "nice -n 5 /opt/claude",
        env: { CLAUDE_CODE_MAX_RETRIES: "9", HTTPS_PROXY: "x" },
        model: "opus",
      },
      fast: { extends: "work", model: "haiku" },
    };
    const work = resolveCli("work", config).invocation(REQUEST);
    expect(work.argv.slice(0, 5)).toEqual(["nice", "-n", "5", "/opt/claude", "--print"]);
    expect(work.argv.slice(-2)).toEqual(["--model", "opus"]);
    expect(work.env).toEqual({ CLAUDE_CODE_MAX_RETRIES: "9", HTTPS_PROXY: "x" });
    const fast = resolveCli("fast", config).invocation(REQUEST);
    expect(fast.argv.slice(0, 4)).toEqual(["nice", "-n", "5", "/opt/claude"]);
    expect(fast.argv.slice(-2)).toEqual(["--model", "haiku"]);
    const asked = resolveCli("fast", config).invocation({ ...REQUEST, model: "sonnet" });
    expect(asked.argv.slice(-2)).toEqual(["--model", "sonnet"]);
  });

  test("keeps the arguments of sim when something extends it", () => {
    const cli = resolveCli("stub", { stub: { extends: "sim", env: { TT_SIM_SCRIPT: "s.toml" } } });
    expect(cli.invocation(REQUEST).argv.at(-1)).toBe("sim");
    expect(cli.invocation(REQUEST).env.TT_SIM_SCRIPT).toBe("s.toml");
  });

  test("lets an entry refine the preset of its own name", () => {
    expect(argvOf("codex-mini", { "codex-mini": { model: "small" } })).toContain("small");
    expect(argvOf("claude", { claude: { extends: "claude", model: "opus" } })).toContain("opus");
    expect(argvOf("claude", { claude: { command: "my-claude -p" } })).toEqual(["my-claude", "-p"]);
  });

  test("takes a preset that tinytown 0.10 wrote into the configuration for today's", () => {
    const config = {
      copilot: { command: "gh copilot" },
      claude: { command: "claude --print --dangerously-skip-permissions" },
    };
    expect(argvOf("copilot", config)).toEqual(argvOf("copilot", {}));
    expect(argvOf("claude", config)).toEqual(argvOf("claude", {}));
  });

  test("is overridden as a whole", () => {
    const config = { claude: { command: "x" } };
    expect(resolveCli("claude", config, { override: "sim" }).name).toBe("sim");
    expect(resolveCli("claude", config, { override: "  " }).name).toBe("claude");
  });

  const wrong = (name: string, config: Parameters<typeof resolveCli>[1]) => () =>
    resolveCli(name, config);
  test("names what is wrong with an entry", () => {
    expect(wrong("a", { a: { extends: "claud" } })).toThrow(ConfigError);
    expect(wrong("a", { a: { extends: "claud" } })).toThrow(
      'tinytown.toml: [agent_clis.a] extends the unknown CLI "claud"',
    );
    expect(wrong("a", { a: { extends: "a" } })).toThrow('extends itself by "a"');
    expect(wrong("a", { a: { extends: "b" }, b: { extends: "a" } })).toThrow("extends itself");
    expect(wrong("a", { a: {} })).toThrow('has neither "command" nor "extends"');
    expect(wrong("a", { a: { command: "sh -c 'x" } })).toThrow("a ' quote is not closed");
    expect(wrong("a", { a: { command: "''" } })).toThrow("has an empty command");
    expect(wrong("", {})).toThrow(UsageError);
    expect(wrong("x 'y", {})).toThrow(UsageError);
  });

  test("is not fooled by names that every object has", () => {
    expect(argvOf("constructor", {})).toEqual(["constructor"]);
  });
});
