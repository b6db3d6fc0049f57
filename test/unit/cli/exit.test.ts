import { expect, test } from "bun:test";
import {
  EXIT_BY_CODE,
  exitCodeOf,
  exitCodeOfSignal,
  signalOfExitCode,
} from "../../../src/cli/exit.ts";
import { TimeoutError, UsageError } from "../../../src/core/errors.ts";

test("every error code has an exit code of the documented table", async () => {
  const source = await Bun.file(`${import.meta.dir}/../../../src/core/errors.ts`).text();
  const union = /export type ErrorCode =([^;]+);/.exec(source)?.[1] ?? "";
  const codes = [...union.matchAll(/"(E_\w+)"/g)].map(([, code]) => code ?? "");
  expect(codes.length).toBeGreaterThan(20);
  expect(Object.keys(EXIT_BY_CODE).sort()).toEqual(codes.sort());
  for (const exit of Object.values(EXIT_BY_CODE)) {
    expect([1, 2, 3, 4, 8, 13, 124, 130]).toContain(exit);
  }
});

test("an error that is not ours is a bug", () => {
  expect(exitCodeOf(new Error("x"))).toBe(70);
  expect(exitCodeOf("text")).toBe(70);
  expect(exitCodeOf(new UsageError("x"))).toBe(2);
  expect(exitCodeOf(new TimeoutError("x"))).toBe(124);
});

test("signals and their exit codes map both ways", () => {
  for (const name of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
    expect(signalOfExitCode(exitCodeOfSignal(name))).toBe(name);
  }
  expect(signalOfExitCode(1)).toBeUndefined();
});
