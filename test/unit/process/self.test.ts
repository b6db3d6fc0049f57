import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { isCompiled, selfCommand, sourceRoot } from "../../../src/process/self.ts";

const ROOT = resolve(import.meta.dir, "../../..");

test("selfCommand() runs the sources again when tt runs from them", () => {
  expect(isCompiled()).toBe(false);
  expect(selfCommand(["start", "-t", "a b"])).toEqual([
    process.execPath,
    resolve(ROOT, "src/main.ts"),
    "start",
    "-t",
    "a b",
  ]);
});

test("sourceRoot() is the directory above src", () => {
  expect(sourceRoot()).toBe(ROOT);
});
