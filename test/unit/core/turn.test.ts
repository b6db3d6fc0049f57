import { describe, expect, test } from "bun:test";
import { decideTurn, TURN_OUTCOMES, type TurnOutcome } from "../../../src/core/turn.ts";

const RETRIED: readonly TurnOutcome[] = ["empty", "failed", "crashed", "context_exhausted"];
const FINAL: readonly TurnOutcome[] = ["auth", "needs_input", "timeout"];

describe("decideTurn()", () => {
  test("has a decision for every outcome", () => {
    for (const outcome of TURN_OUTCOMES) {
      expect(["complete", "retry", "fail"]).toContain(decideTurn(outcome, 1, 0, 4).action);
    }
  });

  test("completes only what is done", () => {
    for (const outcome of TURN_OUTCOMES) {
      const { action } = decideTurn(outcome, 1, 0, 4);
      expect(action === "complete").toBe(outcome === "done");
    }
  });

  test("never tries again what another turn cannot mend", () => {
    for (const outcome of FINAL) expect(decideTurn(outcome, 1, 0, 4)).toEqual({ action: "fail" });
  });

  test("tries the rest again until the attempts are used up", () => {
    for (const outcome of RETRIED) {
      for (const attempts of [1, 2, 3]) {
        expect(decideTurn(outcome, attempts, 0, 4)).toMatchObject({
          action: "retry",
          counts: true,
        });
      }
      expect(decideTurn(outcome, 4, 0, 4)).toEqual({ action: "fail" });
    }
  });

  test("doubles the pause and spreads it by half", () => {
    const delay = (attempts: number, random: number) => {
      const decision = decideTurn("failed", attempts, random, 100);
      return decision.action === "retry" ? decision.delayMs : -1;
    };
    expect([1, 2, 3].map((attempts) => delay(attempts, 0))).toEqual([500, 1_000, 2_000]);
    expect([1, 2, 3].map((attempts) => delay(attempts, 0.999_999))).toEqual([1_000, 2_000, 4_000]);
    expect(delay(50, 0)).toBe(30_000);
  });

  test("parks what ran into a limit, without counting the turn", () => {
    expect(decideTurn("rate_limited", 4, 0, 4)).toEqual({
      action: "retry",
      delayMs: 60_000,
      counts: false,
    });
  });

  test("gives work of a stopped turn back at once, without counting it", () => {
    expect(decideTurn("killed", 4, 0, 4)).toEqual({ action: "retry", delayMs: 0, counts: false });
  });
});
