import { describe, expect, test } from "bun:test";
import { abortable } from "../../../src/util/abortable.ts";
import { sleep } from "../../../src/util/sleep.ts";
import { rejection } from "../../support/rejection.ts";

const never = new Promise<never>(() => undefined);
const reason = new Error("enough");

describe("abortable()", () => {
  test("settles like its promise", async () => {
    const { signal } = new AbortController();
    expect(await abortable(Promise.resolve(1), signal)).toBe(1);
    expect(await abortable(Promise.resolve(1), undefined)).toBe(1);
    expect(await rejection(abortable(Promise.reject(reason), signal))).toBe(reason);
  });

  test("rejects with the signal's reason, at once when it was aborted before", async () => {
    const controller = new AbortController();
    const waiting = rejection(abortable(never, controller.signal));
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(await rejection(abortable(never, controller.signal))).toBe(reason);
  });
});

describe("sleep()", () => {
  test("rejects with the signal's reason, at once when it was aborted before", async () => {
    const controller = new AbortController();
    const waiting = rejection(sleep(60_000, controller.signal));
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(await rejection(sleep(60_000, controller.signal))).toBe(reason);
    await sleep(0);
  });
});
