import { describe, expect, test } from "bun:test";
import {
  classifyProblem,
  isLostSession,
  oneLine,
  tellingLine,
} from "../../../../src/agent/clis/classify.ts";
import type { TurnOutcome } from "../../../../src/core/turn.ts";

describe("classifyProblem()", () => {
  const messages: readonly (readonly [string, TurnOutcome])[] = [
    ["429 Too Many Requests", "rate_limited"],
    ["You exceeded your current quota (insufficient_quota)", "rate_limited"],
    ["You have exhausted your daily quota on this model.", "rate_limited"],
    ["Your credit balance is too low", "rate_limited"],
    ["API Error: 529 overloaded_error", "rate_limited"],
    ["Rate limit reached for requests", "rate_limited"],
    ["401 Unauthorized", "auth"],
    ["Invalid API key · Please run /login", "auth"],
    ["authentication_failed", "auth"],
    ["This model's maximum context length is 128000 tokens", "context_exhausted"],
    ["The input token count exceeds the maximum number of tokens allowed", "context_exhausted"],
    ["Model gpt-x not found", "failed"],
    ["TypeError: undefined is not a function at line 4290", "failed"],
    ["at src/a.ts:429:1 and src/b.ts:401", "failed"],
    ["", "failed"],
  ];
  for (const [message, outcome] of messages) {
    test(`calls ${JSON.stringify(message)} "${outcome}"`, () => {
      expect(classifyProblem({ message }).outcome).toBe(outcome);
    });
  }

  test("takes a status and words alike, and the CLI's own word before both", () => {
    expect(classifyProblem({ message: "no luck", status: 429 }).outcome).toBe("rate_limited");
    expect(classifyProblem({ message: "no luck", status: 403 }).outcome).toBe("auth");
    expect(classifyProblem({ message: "usage limit", status: 403 }).outcome).toBe("rate_limited");
    const evidence = { message: "429", status: 429, outcome: "failed" } as const;
    expect(classifyProblem(evidence).outcome).toBe("failed");
  });

  const waits: readonly (readonly [string, number | undefined])[] = [
    ["rate limited; try again in 30s", 30_000],
    ["429, try again in 1h 5m.", 3_900_000],
    ["rate limit: please try again in 2 minutes and 30 seconds, thanks", 150_000],
    ["429 Retry-After: 12", 12_000],
    ["rate limit, retrying in 250ms", 250],
    ["usage limit, try again at 3:23 AM", undefined],
    ["429", undefined],
  ];
  for (const [message, ms] of waits) {
    test(`reads the wait of ${JSON.stringify(message)}`, () => {
      expect(classifyProblem({ message }).retryAfterMs).toBe(ms);
    });
  }

  test("keeps the reason on one line of bounded length", () => {
    expect(classifyProblem({ message: " a\n\n b " }).reason).toBe("a b");
    expect(oneLine("x".repeat(5_000))).toHaveLength(300);
    expect(classifyProblem({ message: "" }).reason).toBe("no reason given");
  });
});

test("tellingLine() prefers the line that names an error over the noise after it", () => {
  expect(tellingLine("\u001b[31mError: no such model\u001b[0m\nbye\n\n")).toBe(
    "Error: no such model",
  );
  expect(tellingLine("one\ntwo\n")).toBe("two");
  expect(tellingLine("")).toBe("");
});

test("isLostSession() knows how CLIs say that a conversation is gone", () => {
  for (const text of [
    "No conversation found with session ID: 12",
    "Session not found",
    "Error: no rollout found for thread id 12",
    "Error: No session, task, or name matched '12'.",
    'Invalid session identifier "x"',
  ]) {
    expect(isLostSession(text)).toBe(true);
  }
  expect(isLostSession("file not found")).toBe(false);
});
