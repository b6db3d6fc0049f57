import { describe, expect, test } from "bun:test";
import { backoffDelay } from "../../../src/util/backoff.ts";

const bounds = { baseMs: 100, maxMs: 1_000 };

describe("backoffDelay()", () => {
  test.each([
    [1, 50, 100],
    [2, 100, 200],
    [3, 200, 400],
    [4, 400, 800],
    [5, 500, 1_000],
    [60, 500, 1_000],
    [5_000, 500, 1_000],
  ])("of attempt %p is between %p and %p ms", (attempt, least, most) => {
    expect(backoffDelay(attempt, { ...bounds, random: () => 0 })).toBe(least);
    expect(backoffDelay(attempt, { ...bounds, random: () => 1 })).toBe(most);
  });

  test("is spread without being told how", () => {
    const delays = Array.from({ length: 50 }, () => backoffDelay(3, bounds));
    expect(new Set(delays).size).toBeGreaterThan(10);
    for (const delay of delays) expect(delay).toBeWithin(200, 401);
  });
});
