import { describe, expect, test } from "bun:test";
import type { Arena, Contender, RatioGoal } from "../../../../scripts/bench/goal.ts";
import { judge, runRatioGoal } from "../../../../scripts/bench/run-ratio-goal.ts";
import { seededRandom } from "../../../../scripts/bench/statistics.ts";

const context = { tt: "tt", quick: false };

/** Contenders whose times are known, and the order in which they were measured. */
function knownGoal(times: Record<string, number>, arena: Partial<Arena> = {}) {
  const calls: string[] = [];
  let disposed = 0;
  const contenders = Object.entries(times).map(([name, time]): Contender => {
    const measure = async () => {
      calls.push(name);
      return [time];
    };
    return { name, measure };
  });
  const goal: RatioGoal = {
    kind: "ratio",
    id: "X1",
    title: "known",
    full: { rounds: 7, passes: 3 },
    quick: { rounds: 2, passes: 1 },
    open: async () => ({
      contenders,
      base: "base",
      limits: [{ contender: "ours", statistic: "min", limit: 2 }],
      [Symbol.asyncDispose]: async () => {
        disposed += 1;
      },
      ...arena,
    }),
  };
  return { goal, calls, disposals: () => disposed };
}

function run(goal: RatioGoal, options: { quick?: boolean; slack?: number } = {}) {
  const { quick = false, slack = 1 } = options;
  return runRatioGoal(goal, { context: { ...context, quick }, random: seededRandom(1), slack });
}

describe("runRatioGoal()", () => {
  test("measures the base twice, and everything equally often", async () => {
    const { goal, calls, disposals } = knownGoal({ base: 10, ours: 15 });
    const result = await run(goal);
    const warmUpAndPasses = 1 + 7 * 3;
    expect(calls.filter((name) => name === "base")).toHaveLength(2 * warmUpAndPasses);
    expect(calls.filter((name) => name === "ours")).toHaveLength(warmUpAndPasses);
    expect(Object.keys(result.samples)).toEqual(["base", "ours", "base (again)"]);
    expect(result.samples.ours).toEqual(Array.from({ length: 7 }, () => [15, 15, 15]));
    expect(disposals()).toBe(1);
  });

  test("judges the median ratio per round against the limit", async () => {
    const met = await run(knownGoal({ base: 10, ours: 20 }).goal);
    const missed = await run(knownGoal({ base: 10, ours: 21 }).goal);
    expect(met.limits[0]).toMatchObject({ verdict: "met", control: 1, against: "base" });
    expect(met.limits[0]?.ratio).toEqual({ min: 2, p25: 2, median: 2, p75: 2, max: 2 });
    expect(missed.limits[0]?.verdict).toBe("missed");
  });

  test("widens the limits by the slack of a quick run", async () => {
    const { goal, calls } = knownGoal({ base: 10, ours: 25 });
    const result = await run(goal, { quick: true, slack: 1.3 });
    expect(result.limits[0]?.verdict).toBe("met");
    expect(calls).toHaveLength(3 * (1 + 2));
  });

  test("compares with another contender where a limit names one", async () => {
    const limits = [{ contender: "many", against: "few", statistic: "p50", limit: 1.15 }] as const;
    const result = await run(knownGoal({ base: 1, few: 10, many: 11 }, { limits }).goal);
    expect(result.limits[0]).toMatchObject({ against: "few", verdict: "met" });
    expect(result.limits[0]?.ratio.median).toBeCloseTo(1.1);
  });

  test("judges nothing where the arena says that it cannot", async () => {
    const result = await run(knownGoal({ base: 1, ours: 100 }, { ungated: "no base" }).goal);
    expect(result).toMatchObject({ ungated: "no base", limits: [{ verdict: "not judged" }] });
  });
});

test("judge() calls a machine noisy whose base differs from itself by more than a tenth", () => {
  expect(judge({ ratio: 1, limit: 2, noise: 0.89 })).toBe("noisy");
  expect(judge({ ratio: 3, limit: 2, noise: 1.11 })).toBe("noisy");
  expect(judge({ ratio: 3, limit: 2, noise: 1.1 })).toBe("missed");
  expect(judge({ ratio: 2, limit: 2, noise: 0.9 })).toBe("met");
});
