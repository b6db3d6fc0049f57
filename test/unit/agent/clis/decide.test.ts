import { expect, test } from "bun:test";
import type { CliReport } from "../../../../src/agent/clis/agent-cli.ts";
import { decideOutcome, type TurnEnd } from "../../../../src/agent/clis/decide.ts";

const REPORT: CliReport = {
  text: "done it",
  sessionId: "s",
  sessionLost: false,
  problem: undefined,
  final: true,
};
const END: TurnEnd = {
  report: REPORT,
  exitCode: 0,
  signal: undefined,
  stopped: false,
  timedOut: false,
};
const auth = { outcome: "auth", reason: "not logged in" } as const;

const cases: readonly (readonly [string, Partial<TurnEnd>, string, string | undefined])[] = [
  ["a final answer and code 0", {}, "done", undefined],
  [
    "our time limit",
    { timedOut: true, stopped: true, exitCode: 143 },
    "timeout",
    "the time for one turn was up",
  ],
  ["our signal, whatever the code", { stopped: true, exitCode: 0 }, "killed", "stopped"],
  [
    "our signal before a problem",
    { stopped: true, report: { ...REPORT, problem: auth } },
    "killed",
    "stopped",
  ],
  [
    "somebody else's signal",
    { signal: "SIGKILL", exitCode: undefined },
    "crashed",
    "ended by SIGKILL",
  ],
  ["no code at all", { exitCode: undefined }, "crashed", "ended without an exit code"],
  [
    "a shim's code for a signal",
    { exitCode: 137, report: { ...REPORT, final: false } },
    "crashed",
    "exit code 137 (SIGKILL)",
  ],
  [
    "a reported problem with code 0",
    { report: { ...REPORT, problem: auth } },
    "auth",
    "not logged in",
  ],
  ["a code after a final answer", { exitCode: 2 }, "failed", "exit code 2"],
  [
    "no final event",
    { report: { ...REPORT, final: false } },
    "empty",
    "the output ended without a result",
  ],
  ["no answer", { report: { ...REPORT, text: "" } }, "empty", "the answer is empty"],
];

for (const [what, end, outcome, reason] of cases) {
  test(`decideOutcome() calls ${what} "${outcome}"`, () => {
    const report = end.report ?? REPORT;
    expect(decideOutcome({ ...END, ...end })).toEqual({
      outcome: outcome as never,
      reason,
      text: report.text,
      retryAfterMs: undefined,
    });
  });
}

test("decideOutcome() hands on how long to wait", () => {
  const problem = { outcome: "rate_limited", reason: "slow down", retryAfterMs: 5_000 } as const;
  expect(decideOutcome({ ...END, report: { ...REPORT, problem } }).retryAfterMs).toBe(5_000);
});
