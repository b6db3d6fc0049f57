import { describe, expect, test } from "bun:test";
import { decideOutcome } from "../../../../src/agent/clis/decide.ts";
import { resolveCli } from "../../../../src/agent/clis/registry.ts";
import type { TurnOutcome } from "../../../../src/core/turn.ts";

interface Failure {
  readonly cli: string;
  readonly what: string;
  readonly events: readonly unknown[];
  readonly code: number;
  readonly stderr?: string;
  readonly outcome: TurnOutcome;
  readonly reason: string;
  readonly sessionLost?: boolean;
}

const FAILURES: readonly Failure[] = [
  {
    cli: "claude",
    what: "a rate limit, although its subtype says success",
    events: [
      {
        type: "result",
        subtype: "success",
        is_error: true,
        api_error_status: 429,
        terminal_reason: "api_error",
        result: "API Error: Request rejected (429)",
      },
    ],
    code: 1,
    outcome: "rate_limited",
    reason: "API Error: Request rejected (429)",
  },
  {
    cli: "claude",
    what: "a full context",
    events: [
      {
        type: "result",
        is_error: true,
        api_error_status: 400,
        terminal_reason: "prompt_too_long",
        result: "Prompt is too long",
      },
    ],
    code: 1,
    outcome: "context_exhausted",
    reason: "Prompt is too long",
    sessionLost: true,
  },
  {
    cli: "claude",
    what: "a limit of turns",
    events: [
      {
        type: "result",
        subtype: "error_max_turns",
        is_error: true,
        errors: ["Reached maximum number of turns (3)"],
      },
    ],
    code: 1,
    outcome: "failed",
    reason: "Reached maximum number of turns (3)",
  },
  {
    cli: "claude",
    what: "a missing login",
    events: [{ type: "result", is_error: true, result: "Not logged in · Please run /login" }],
    code: 1,
    outcome: "auth",
    reason: "Not logged in · Please run /login",
  },
  {
    cli: "claude",
    what: "an unknown conversation",
    events: [],
    code: 1,
    stderr: "No conversation found with session ID: 1234",
    outcome: "failed",
    reason: "exit code 1: No conversation found with session ID: 1234",
    sessionLost: true,
  },
  {
    cli: "claude",
    what: "its refusal to run as root",
    events: [],
    code: 1,
    stderr: "--dangerously-skip-permissions cannot be used with root/sudo privileges\n",
    outcome: "failed",
    reason: "exit code 1: --dangerously-skip-permissions cannot be used with root/sudo privileges",
  },
  {
    cli: "codex",
    what: "a rate limit",
    events: [
      { type: "error", message: "Reconnecting... 1/2" },
      {
        type: "turn.failed",
        error: { message: "exceeded retry limit, last status: 429 Too Many Requests" },
      },
    ],
    code: 1,
    outcome: "rate_limited",
    reason: "exceeded retry limit, last status: 429 Too Many Requests",
  },
  {
    cli: "codex",
    what: "a spent quota",
    events: [
      {
        type: "turn.failed",
        error: { message: "You've hit your usage limit. Please try again at 3:23 AM." },
      },
    ],
    code: 1,
    outcome: "rate_limited",
    reason: "You've hit your usage limit. Please try again at 3:23 AM.",
  },
  {
    cli: "codex",
    what: "a full context",
    events: [
      {
        type: "turn.failed",
        error: {
          message: "Codex ran out of room in the model's context window. Start a new thread",
        },
      },
    ],
    code: 1,
    outcome: "context_exhausted",
    reason: "Codex ran out of room in the model's context window. Start a new thread",
    sessionLost: true,
  },
  {
    cli: "gemini",
    what: "a rate limit told by its exit code alone",
    events: [{ type: "init", session_id: "s" }],
    code: 173,
    outcome: "rate_limited",
    reason: "exit code 173: HTTP status 429",
  },
  {
    cli: "gemini",
    what: "a wrong key",
    events: [],
    code: 144,
    stderr: "YOLO mode is enabled.\nAPI key not valid. Please pass a valid API key.",
    outcome: "auth",
    reason: "exit code 144: HTTP status 400: API key not valid. Please pass a valid API key.",
  },
  {
    cli: "gemini",
    what: "a missing login",
    events: [],
    code: 41,
    stderr: "Invalid auth method selected.",
    outcome: "auth",
    reason: "exit code 41: authentication failed: Invalid auth method selected.",
  },
  {
    cli: "gemini",
    what: "an unknown conversation",
    events: [],
    code: 42,
    stderr: 'Error resuming session: Invalid session identifier "x".',
    outcome: "failed",
    reason:
      'exit code 42: the input was refused or the session was not found: Error resuming session: Invalid session identifier "x".',
    sessionLost: true,
  },
  {
    cli: "gemini",
    what: "an error in its result",
    events: [
      {
        type: "result",
        status: "error",
        error: { type: "ApiError", message: "overloaded, try later", code: 503 },
      },
    ],
    code: 247,
    outcome: "rate_limited",
    reason: "overloaded, try later",
  },
  {
    cli: "copilot",
    what: "a wrong key",
    events: [
      {
        type: "session.error",
        data: { errorType: "authentication", statusCode: 401, message: "bad credentials" },
      },
      { type: "result", sessionId: "s", exitCode: 1 },
    ],
    code: 1,
    outcome: "auth",
    reason: "bad credentials",
  },
  {
    cli: "opencode",
    what: "a full context",
    events: [
      {
        type: "error",
        sessionID: "ses_1",
        error: { name: "ContextOverflowError", data: { message: "too many tokens" } },
      },
    ],
    code: 1,
    outcome: "context_exhausted",
    reason: "too many tokens",
    sessionLost: true,
  },
  {
    cli: "opencode",
    what: "a full context that it could not compact, although it went on and stopped",
    events: [
      { type: "error", error: { name: "ContextOverflowError", data: { message: "too long" } } },
      { type: "text", part: { text: "a summary" } },
      { type: "step_finish", part: { reason: "stop" } },
    ],
    code: 1,
    outcome: "context_exhausted",
    reason: "too long",
    sessionLost: true,
  },
  {
    cli: "opencode",
    what: "a rate limit",
    events: [{ type: "error", error: { name: "APIError", data: { statusCode: 429 } } }],
    code: 1,
    outcome: "rate_limited",
    reason: "APIError",
  },
  {
    cli: "auggie",
    what: "an error on the standard error stream alone",
    events: [],
    code: 1,
    stderr: "Loading…\nError: HTTP error: 429 Too Many Requests\n\n",
    outcome: "rate_limited",
    reason: "exit code 1: Error: HTTP error: 429 Too Many Requests",
  },
  {
    cli: "cursor",
    what: "an error on the standard error stream alone",
    events: [{ type: "system", subtype: "init", session_id: "c" }],
    code: 1,
    stderr: "Error: Authentication required. Please log in with cursor-agent login",
    outcome: "auth",
    reason: "exit code 1: Error: Authentication required. Please log in with cursor-agent login",
  },
  {
    cli: "sim",
    what: "a failure whose reason sounds like another",
    events: [{ type: "result", is_error: true, outcome: "failed", text: "got 401 and 429" }],
    code: 1,
    outcome: "failed",
    reason: "got 401 and 429",
  },
];

describe("a failed turn", () => {
  for (const failure of FAILURES) {
    test(`of ${failure.cli} reports ${failure.what}`, () => {
      const parser = resolveCli(failure.cli, {}).parser();
      for (const event of failure.events) parser.line(JSON.stringify(event));
      const report = parser.end({ code: failure.code, stderrTail: failure.stderr ?? "" });
      const verdict = decideOutcome({
        ...{ report, exitCode: failure.code, signal: undefined },
        ...{ stopped: false, timedOut: false },
      });
      expect(verdict).toMatchObject({ outcome: failure.outcome, reason: failure.reason });
      expect(report.sessionLost).toBe(failure.sessionLost ?? false);
    });
  }

  test("of aider is found in its text, because it exits with 0", () => {
    const parser = resolveCli("aider", {}).parser();
    parser.line("litellm.AuthenticationError: OpenAIException - Incorrect API key provided");
    parser.line("The API provider is not able to authenticate you.");
    expect(parser.end({ code: 0, stderrTail: "" }).problem?.outcome).toBe("auth");
  });
});

describe("a turn that recovers", () => {
  const recoveries: readonly (readonly [string, readonly unknown[]])[] = [
    [
      "codex",
      [
        { type: "error", message: "Reconnecting... 1/5" },
        { type: "item.completed", item: { type: "agent_message", text: "ok" } },
        { type: "turn.completed" },
      ],
    ],
    [
      "copilot",
      [
        { type: "session.error", data: { statusCode: 429 } },
        { type: "assistant.message", data: { content: "ok" } },
        { type: "result", exitCode: 0 },
      ],
    ],
    [
      "opencode",
      [
        { type: "error", error: { name: "APIError" } },
        { type: "text", part: { text: "ok" } },
        { type: "step_finish", part: { reason: "stop" } },
      ],
    ],
    [
      "gemini",
      [
        { type: "error", severity: "error", message: "loop" },
        { type: "message", role: "assistant", content: "ok" },
        { type: "result", status: "success" },
      ],
    ],
  ];
  for (const [name, events] of recoveries) {
    test(`of ${name} is not a failure`, () => {
      const parser = resolveCli(name, {}).parser();
      for (const event of events) parser.line(JSON.stringify(event));
      const report = parser.end({ code: 0, stderrTail: "" });
      expect(report).toMatchObject({ text: "ok", problem: undefined, final: true });
    });
  }

  test("of gemini joins the pieces of the last message only", () => {
    const parser = resolveCli("gemini", {}).parser();
    const say = (content: string) =>
      parser.line(JSON.stringify({ type: "message", role: "assistant", content, delta: true }));
    say("Let me ");
    say("look.");
    parser.line(JSON.stringify({ type: "tool_use" }));
    parser.line(JSON.stringify({ type: "tool_result" }));
    say("All ");
    say("done.");
    parser.line(JSON.stringify({ type: "result", status: "success" }));
    expect(parser.end({ code: 0, stderrTail: "" }).text).toBe("All done.");
  });
});
