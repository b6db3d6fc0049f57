import { describe, expect, test } from "bun:test";
import { sanitize, summarize } from "../../../src/util/sanitize.ts";

describe("sanitize()", () => {
  test.each([
    ["colours", "\u001b[31mred\u001b[0m", "red"],
    ["cursor movement", "a\u001b[2J\u001b[1;1Hb", "ab"],
    ["private modes", "\u001b[?1049hx\u001b[?25l", "x"],
    ["titles ended by BEL", "\u001b]0;evil\u0007text", "text"],
    ["links ended by ST", "\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["an unfinished title", "a\u001b]52;c;ZXZpbA==", "a"],
    ["device control strings", "\u001bPq#0\u001b\\x", "x"],
    ["eight-bit sequences", "\u009b31mred", "red"],
    ["two-character escapes", "\u001bcreset", "reset"],
    ["a lone escape at the end", "x\u001b", "x"],
    ["backspaces and bells", "ab\b\u0007c", "abc"],
    ["carriage returns that overwrite", "good\rbad", "goodbad"],
    ["bidirectional overrides", "a\u202eb\u2066c", "abc"],
  ])("removes %s", (_, text, clean) => {
    expect(sanitize(text)).toBe(clean);
  });

  test.each([
    ["a ##[add-mask]true", "a ## [add-mask]true"],
    ["a ##vso[task.complete]", "a ## vso[task.complete]"],
    ["##\u0007[group]x", "## [group]x"],
    ["###[x]", "### [x]"],
    ["## heading [1]", "## heading [1]"],
  ])("leaves no command of a CI runner in %p", (text, clean) => {
    expect(sanitize(text)).toBe(clean);
  });

  test("keeps line feeds, tabs, umlauts and emoji", () => {
    expect(sanitize("a\tb\r\nä 🤖 漢")).toBe("a\tb\nä 🤖 漢");
  });

  test("is linear in the size of hostile text", () => {
    const hostile = "\u001b]".repeat(200_000);
    const started = performance.now();
    sanitize(hostile);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("summarize()", () => {
  test("takes the first line that says something and folds its blanks", () => {
    expect(summarize("\n  \n  Build   the\tAPI \nmore", 50)).toBe("Build the API");
  });

  test("cuts to the length, dots included", () => {
    expect(summarize("0123456789", 8)).toBe("01234...");
    expect(summarize("01234567", 8)).toBe("01234567");
  });

  test("does not cut a character in two", () => {
    expect(summarize("🤖🤖🤖🤖🤖", 4)).toBe("🤖...");
  });
});
