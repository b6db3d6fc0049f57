import { describe, expect, test } from "bun:test";
import { lineSplitter } from "../../../src/util/line-splitter.ts";

const encoder = new TextEncoder();

/** The lines of chunks, and what they are when the chunks come byte by byte. */
function split(...chunks: readonly (string | Uint8Array)[]): readonly string[] {
  const bytes = chunks.map((chunk) => (typeof chunk === "string" ? encoder.encode(chunk) : chunk));
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line));
  for (const chunk of bytes) splitter.write(chunk);
  splitter.end();
  return lines;
}

describe("lineSplitter()", () => {
  test.each([
    ["", []],
    ["one", ["one"]],
    ["one\n", ["one"]],
    ["one\ntwo", ["one", "two"]],
    ["\n\none\n\n", ["", "", "one", ""]],
    ["one\r\ntwo\r\n", ["one", "two"]],
    ["\r\n", [""]],
    ["a\rb\n", ["a\rb"]],
    ["é🏘️\n漢\n", ["é🏘️", "漢"]],
    ["a\u2028b\n", ["a\u2028b"]],
    ["nul \u0000\n", ["nul \u0000"]],
  ])("splits %p, in one piece and byte by byte", (text, expected) => {
    expect(split(text)).toEqual(expected);
    expect(split(...[...encoder.encode(text)].map((byte) => Uint8Array.of(byte)))).toEqual(
      expected,
    );
  });

  test("replaces what is no UTF-8, also at the end", () => {
    expect(split(Uint8Array.of(0x61, 0xff, 0x0a, 0xc3))).toEqual(["a\ufffd", "\ufffd"]);
  });

  test("hands on an endless line in pieces", () => {
    const lengths: number[] = [];
    const splitter = lineSplitter((line) => lengths.push(line.length));
    const chunk = encoder.encode("x".repeat(1_000_000));
    for (let n = 0; n < 40; n++) splitter.write(chunk);
    splitter.end();
    expect(lengths.length).toBeGreaterThan(1);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(40_000_000);
    for (const length of lengths) expect(length).toBeLessThan(18_000_000);
  });

  test("splits a thousand lines that come in uneven chunks", () => {
    const expected = Array.from({ length: 1_000 }, (_, n) => "é".repeat(n % 17));
    const bytes = encoder.encode(`${expected.join("\n")}\n`);
    const chunks: Uint8Array[] = [];
    for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7) % 31 || 1) {
      chunks.push(bytes.subarray(at, at + size));
    }
    expect(split(...chunks)).toEqual(expected);
  });
});
