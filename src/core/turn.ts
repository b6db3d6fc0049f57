import { backoffDelay } from "../util/backoff.ts";

/**
 * How one run of an agent's CLI ended, decided by the harness from the exit, the CLI's structured
 * output and evidence, never by the model's own words.
 */
export const TURN_OUTCOMES = [
  "done",
  "empty",
  "failed",
  "timeout",
  "rate_limited",
  "context_exhausted",
  "auth",
  "needs_input",
  "crashed",
  "killed",
] as const;
export type TurnOutcome = (typeof TURN_OUTCOMES)[number];

export interface TurnResult {
  readonly outcome: TurnOutcome;
  /** The CLI's final text; what a completed task gets as its result. */
  readonly text: string;
  /** Why it is not `done`, for people. */
  readonly reason: string | undefined;
  /** The CLI's conversation id, to go on with in the next turn. */
  readonly sessionId: string | undefined;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly durationMs: number;
}

/** What becomes of the work a turn was given. */
export type TurnDecision =
  | { readonly action: "complete" }
  | { readonly action: "retry"; readonly delayMs: number; readonly counts: boolean }
  | { readonly action: "fail" };

const PARKED_MS = 60_000;
const RETRY_BACKOFF = { baseMs: 1_000, maxMs: 60_000 } as const;

/**
 * @param attempts turns used so far, this one included
 * @param random in [0, 1), spreads retries of many agents
 * @param maxAttempts turns one piece of work may use before it is dead-lettered
 */
export function decideTurn(
  outcome: TurnOutcome,
  attempts: number,
  random: number,
  maxAttempts: number,
): TurnDecision {
  switch (outcome) {
    case "done":
      return { action: "complete" };
    case "killed":
      return { action: "retry", delayMs: 0, counts: false };
    case "rate_limited":
      // Parked until the limit is over, which the CLI may know better; the work is not to blame.
      return { action: "retry", delayMs: PARKED_MS, counts: false };
    case "auth":
    case "needs_input":
    case "timeout":
      return { action: "fail" };
    case "empty":
    case "failed":
    case "crashed":
    case "context_exhausted":
      if (attempts >= maxAttempts) return { action: "fail" };
      return {
        action: "retry",
        delayMs: backoffDelay(attempts, { ...RETRY_BACKOFF, random: () => random }),
        counts: true,
      };
  }
}
