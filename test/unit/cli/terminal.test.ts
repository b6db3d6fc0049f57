import { expect, test } from "bun:test";
import { openSync } from "node:fs";
import { isTerminal, wantsColor } from "../../../src/cli/terminal.ts";

test.each([["/dev/null"], ["/dev/zero"], [import.meta.path]])("%s is not a terminal", (path) => {
  expect(isTerminal(openSync(path, "r"))).toBe(false);
});

test("a closed descriptor is not a terminal", () => {
  expect(isTerminal(9_999)).toBe(false);
});

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "" }, true],
  [true, { TERM: "dumb" }, false],
  [false, { FORCE_COLOR: "1" }, true],
  [true, { FORCE_COLOR: "0" }, false],
  [true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
])("wantsColor(%p, %p) is %p", (terminal, env, expected) => {
  expect(wantsColor(terminal, env)).toBe(expected);
});
