import { describe, expect, test } from "bun:test";
import { UsageError } from "../../../src/core/errors.ts";
import {
  isConductorName,
  parseAgentName,
  parseTownName,
  RESERVED_AGENT_NAMES,
  townNameFrom,
} from "../../../src/core/names.ts";

describe("parseAgentName()", () => {
  test("lower-cases and trims", () => {
    expect(parseAgentName(" Worker-1 ")).toBe("worker-1");
    expect(parseAgentName("a.b_c-9")).toBe("a.b_c-9");
    expect(parseAgentName("x".repeat(64))).toHaveLength(64);
  });

  test.each([
    "",
    " ",
    "-a",
    ".a",
    "a b",
    "a/b",
    "../a",
    "a'b",
    'a"b',
    "a:b",
    "a*",
    "ä",
    "a\nb",
    "a\0",
    "x".repeat(65),
  ])("refuses %p", (name) => {
    expect(() => parseAgentName(name)).toThrow(UsageError);
  });

  test("refuses reserved names in any case, but not names that begin with one", () => {
    for (const name of RESERVED_AGENT_NAMES) {
      expect(() => parseAgentName(name.toUpperCase())).toThrow("reserved");
    }
    expect(parseAgentName("conductor-helper")).toBe("conductor-helper");
  });
});

test("isConductorName() knows both names of the mailbox", () => {
  expect(["conductor", "Supervisor", " CONDUCTOR "].every(isConductorName)).toBe(true);
  expect(isConductorName("conductor-helper")).toBe(false);
});

describe("townNameFrom()", () => {
  test.each([
    ["My App", "my-app"],
    ["feature/login", "feature-login"],
    ["__x", "x"],
    ["größe", "gr-e"],
    ["...", "tinytown"],
    ["", "tinytown"],
    ["x".repeat(80), "x".repeat(64)],
  ])("makes %p into %p", (text, name) => {
    expect(townNameFrom(text)).toBe(name);
    expect(parseTownName(name)).toBe(name);
  });
});
