import { describe, expect, test } from "bun:test";
import { captureCallSite, pickUserFrame, userFrames } from "../../../src/flow/call-site.ts";

describe("userFrames()", () => {
  test("reads named, async and anonymous frames of the user's files, innermost first", () => {
    const stack = `TypeError: boom
    at boom (/home/me/lib/util.ts:1:55)
    at async inner (/home/me/flow.ts:6:3)
    at /home/me/flow.ts:9:1`;
    expect(userFrames(stack)).toEqual([
      { file: "/home/me/lib/util.ts", line: 1, column: 55 },
      { file: "/home/me/flow.ts", line: 6, column: 3 },
      { file: "/home/me/flow.ts", line: 9, column: 1 },
    ]);
  });

  test("keeps paths with spaces and parentheses whole", () => {
    const stack = "at f (/home/me/my flows (old)/a.ts:2:3)\nat /home/me/my flows (old)/a.ts:4:5";
    expect(userFrames(stack).map((frame) => `${frame.file}:${frame.line}`)).toEqual([
      "/home/me/my flows (old)/a.ts:2",
      "/home/me/my flows (old)/a.ts:4",
    ]);
  });

  test("leaves out frames of tt, of the runtime and of compiled modules", () => {
    const own = `${import.meta.dir.replace("/test/unit/flow", "/src/flow")}/assign.ts`;
    const stack = `at a (/$bunfs/root/tt:1:2)\nat b (src/flow/assign.ts:3:4)\nat c (${own}:5:6)
    at d (native)\nat e (node:events:10:2)\nat f (/home/me/flow.ts:7:8)`;
    expect(userFrames(stack)).toEqual([{ file: "/home/me/flow.ts", line: 7, column: 8 }]);
  });

  test("counts templates as the user's, which is where they end up", () => {
    const own = import.meta.dir.replace("/test/unit/flow", "/src/flow/templates");
    expect(userFrames(`at ${own}/gate.ts:3:1`)).toHaveLength(1);
  });
});

test("pickUserFrame() prefers a file of the user to one of a package", () => {
  const inPackage = { file: "/p/node_modules/x/i.js", line: 1, column: 1 };
  const own = { file: "/p/flow.ts", line: 2, column: 2 };
  expect(pickUserFrame([inPackage, own])).toBe(own);
  expect(pickUserFrame([inPackage])).toBe(inPackage);
  expect(pickUserFrame([])).toBeUndefined();
});

test("captureCallSite() is where the caller stands", () => {
  const site = captureCallSite();
  expect(site?.file).toBe(import.meta.path);
  expect(site?.line).toBe(47);
});
