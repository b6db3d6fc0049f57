import type { Statistic } from "./goal.ts";

export interface Summary {
  readonly min: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly max: number;
}

/** The value below which the share `q` (0 to 1) of the samples lies; the nearest sample, no mean of two. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.round(q * (sorted.length - 1))];
  if (value === undefined) throw new Error("There are no samples");
  return value;
}

export function statisticOf(samples: readonly number[], statistic: Statistic): number {
  return quantile(samples, { min: 0, p50: 0.5, p99: 0.99 }[statistic]);
}

export function summarize(samples: readonly number[]): Summary {
  return {
    min: quantile(samples, 0),
    p25: quantile(samples, 0.25),
    median: quantile(samples, 0.5),
    p75: quantile(samples, 0.75),
    max: quantile(samples, 1),
  };
}

export type Random = () => number;

/** A small generator (mulberry32): the same seed gives the same order of contenders. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
