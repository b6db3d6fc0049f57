import { expect, test } from "bun:test";
import { deadline, longTimer } from "../../../src/util/long-timer.ts";
import { sleep } from "../../../src/util/sleep.ts";

const THIRTY_DAYS = 30 * 86_400_000;

test("a timer of 30 days does not fire before one of 20 ms, whatever waits by it", async () => {
  const fired: string[] = [];
  using _timer = longTimer(THIRTY_DAYS, () => fired.push("timer"));
  using limit = deadline(THIRTY_DAYS);
  const stop = new AbortController();
  const sleeping = sleep(THIRTY_DAYS, stop.signal).then(
    () => fired.push("sleep"),
    () => {},
  );
  await sleep(20);
  expect(fired).toEqual([]);
  expect(limit.signal.aborted).toBe(false);
  stop.abort();
  await sleeping;
});

test("a timer fires once, not early, and not when it was disposed", async () => {
  const fired: number[] = [];
  const started = performance.now();
  const { promise, resolve } = Promise.withResolvers<void>();
  const called = longTimer(1, () => fired.push(Number.NaN));
  called[Symbol.dispose]();
  using _timer = longTimer(10, () => {
    fired.push(performance.now() - started);
    resolve();
  });
  await promise;
  expect(fired).toHaveLength(1);
  expect(fired[0]).toBeGreaterThanOrEqual(10);
});

test("a deadline aborts with a TimeoutError", async () => {
  using limit = deadline(5);
  const { promise, resolve } = Promise.withResolvers<void>();
  limit.signal.addEventListener("abort", () => resolve());
  await sleep(6).then(() => promise);
  expect(limit.signal.reason).toMatchObject({ name: "TimeoutError" });
});
