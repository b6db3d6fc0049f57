import { expect, test } from "bun:test";
import { codeFrame } from "../../../src/flow/code-frame.ts";

const TEXT = "one\ntwo\nthree three\n\tfour\nfive\nsix\n";

test("codeFrame() shows two lines on either side and a caret below the column", () => {
  expect(codeFrame(TEXT, { line: 3, column: 7, length: 5 })).toMatchInlineSnapshot(`
"  1 | one
  2 | two
> 3 | three three
    |       ^^^^^
  4 | 	four
  5 | five"
`);
});

test("codeFrame() keeps tabs before the caret and ends the underline with the line", () => {
  expect(codeFrame(TEXT, { line: 4, column: 2, length: 99 }).split("\n")[3]).toBe("    | \t^^^^");
});

test("codeFrame() stops at the ends of the text", () => {
  expect(codeFrame(TEXT, { line: 6 })).toBe("  4 | \tfour\n  5 | five\n> 6 | six");
  expect(codeFrame(TEXT, { line: 1, column: 1 }).split("\n")[0]).toBe("> 1 | one");
});

test("codeFrame() of a line that does not exist is empty", () => {
  expect(codeFrame(TEXT, { line: 99 })).toBe("");
});
