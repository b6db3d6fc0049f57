import { expect, test } from "bun:test";
import {
  quantile,
  seededRandom,
  shuffled,
  summarize,
} from "../../../../scripts/bench/statistics.ts";

test("quantile() is a sample, whatever their order", () => {
  expect(quantile([5, 1, 4, 2, 3], 0)).toBe(1);
  expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(quantile([5, 1, 4, 2, 3], 1)).toBe(5);
  expect(() => quantile([], 0.5)).toThrow("no samples");
});

test("summarize() gives the five numbers of a spread", () => {
  const samples = Array.from({ length: 101 }, (_, index) => index);
  expect(summarize(samples)).toEqual({ min: 0, p25: 25, median: 50, p75: 75, max: 100 });
});

test("shuffled() keeps every item and depends on the seed only", () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  const once = shuffled(items, seededRandom(7));
  expect(shuffled(items, seededRandom(7))).toEqual(once);
  expect(shuffled(items, seededRandom(8))).not.toEqual(once);
  expect([...once].sort((a, b) => a - b)).toEqual(items);
});
