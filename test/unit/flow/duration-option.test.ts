import { expect, test } from "bun:test";
import { durationMs } from "../../../src/flow/duration-option.ts";

test.each([
  [0, 0],
  [1_500, 1_500],
  ["500ms", 500],
  ["30s", 30_000],
  ["1.5h", 5_400_000],
] as const)("durationMs(%p) is %p ms", (duration, ms) => {
  expect(durationMs(duration, "timeout")).toBe(ms);
});

test.each([[-1], [Number.NaN], ["30"], ["soon"], [""], [undefined], [{}]])(
  "durationMs(%p) is refused",
  (duration) => {
    expect(() => durationMs(duration, "timeout")).toThrow("Invalid timeout");
  },
);
