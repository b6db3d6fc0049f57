import type { TurnOutcome } from "../../core/turn.ts";
import type { CliReport } from "./agent-cli.ts";

export interface TurnEnd {
  readonly report: CliReport;
  readonly exitCode: number | undefined;
  /** The signal that ended the process, e.g. `SIGKILL`. */
  readonly signal: string | undefined;
  /** We ended it. */
  readonly stopped: boolean;
  /** We ended it because its time was up. */
  readonly timedOut: boolean;
}

export interface TurnVerdict {
  readonly outcome: TurnOutcome;
  /** One line; undefined when it is `done`. */
  readonly reason: string | undefined;
  readonly text: string;
  /** How long the provider asks to wait. */
  readonly retryAfterMs: number | undefined;
}

/** What a wrapper script or an npm shim exits with when a signal ended the program inside. */
const SIGNAL_EXITS: Readonly<Record<number, string>> = {
  132: "SIGILL",
  134: "SIGABRT",
  135: "SIGBUS",
  136: "SIGFPE",
  137: "SIGKILL",
  139: "SIGSEGV",
};

/**
 * The outcome of a turn. Our own signal comes first, because CLIs exit with all kinds of codes on
 * it, 0 included; then what the CLI said itself, then how it exited, then whether it said anything.
 */
export function decideOutcome(end: TurnEnd): TurnVerdict {
  const { report } = end;
  const verdict = (outcome: TurnOutcome, reason: string | undefined): TurnVerdict => ({
    outcome,
    reason,
    text: report.text,
    retryAfterMs: report.problem?.retryAfterMs,
  });
  if (end.timedOut) return verdict("timeout", "the time for one turn was up");
  if (end.stopped) return verdict("killed", "stopped");
  if (end.signal !== undefined) return verdict("crashed", `ended by ${end.signal}`);
  if (end.exitCode === undefined) return verdict("crashed", "ended without an exit code");
  const inner = SIGNAL_EXITS[end.exitCode];
  if (inner !== undefined && !report.final) {
    return verdict("crashed", `exit code ${end.exitCode} (${inner})`);
  }
  if (report.problem !== undefined) return verdict(report.problem.outcome, report.problem.reason);
  if (end.exitCode !== 0) return verdict("failed", `exit code ${end.exitCode}`);
  if (!report.final) return verdict("empty", "the output ended without a result");
  if (report.text === "") return verdict("empty", "the answer is empty");
  return verdict("done", undefined);
}
