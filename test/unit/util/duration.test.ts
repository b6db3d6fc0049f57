import { expect, test } from "bun:test";
import { formatDuration, parseDuration } from "../../../src/util/duration.ts";

test.each([
  ["250ms", 250],
  ["90s", 90_000],
  ["5m", 300_000],
  ["1h30m", 5_400_000],
  ["1.5h", 5_400_000],
  ["2d", 172_800_000],
  ["30", 30_000],
  ["0", 0],
])("parseDuration(%p) is %p ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([["", "5 minutes", "-5s", "m", "1x", "5m-"]].flat())(
  "parseDuration(%p) is undefined",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  [-5, "0s"],
  [42_900, "42s"],
  [310_000, "5m 10s"],
  [300_000, "5m"],
  [10_920_000, "3h 2m"],
  [187_200_000, "2d 4h"],
])("formatDuration(%p) is %p", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
