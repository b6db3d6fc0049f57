import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readEnvironment } from "../../../src/config/env.ts";

const NAMES = [
  "HOME",
  "TINYTOWN_REDIS_URL",
  "REDIS_URL",
  "CI",
  "TT_CLI",
  "XDG_RUNTIME_DIR",
] as const;

describe("readEnvironment()", () => {
  const before = new Map<string, string | undefined>();

  beforeEach(() => {
    for (const name of NAMES) {
      before.set(name, process.env[name]);
      delete process.env[name];
    }
  });

  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test.each([
    [{}, undefined, undefined],
    [{ REDIS_URL: "redis://a" }, "redis://a", "REDIS_URL"],
    [{ TINYTOWN_REDIS_URL: "redis://b" }, "redis://b", "TINYTOWN_REDIS_URL"],
    [
      { REDIS_URL: "redis://a", TINYTOWN_REDIS_URL: "redis://b" },
      "redis://b",
      "TINYTOWN_REDIS_URL",
    ],
    [{ REDIS_URL: "redis://a", TINYTOWN_REDIS_URL: " " }, "redis://a", "REDIS_URL"],
  ])("with %p has the Redis URL %p of %p", (variables, url, from) => {
    Object.assign(process.env, variables);
    expect(readEnvironment()).toMatchObject({ redisUrl: url, redisUrlFrom: from });
  });

  test.each([
    [undefined, false],
    ["", false],
    ["false", false],
    ["true", true],
    ["1", true],
  ])("with CI=%p is in CI: %p", (value, expected) => {
    if (value !== undefined) process.env.CI = value;
    expect(readEnvironment().ci).toBe(expected);
  });

  test("takes an empty or blank variable for none", () => {
    Object.assign(process.env, { TT_CLI: "  ", XDG_RUNTIME_DIR: "" });
    expect(readEnvironment()).toMatchObject({ cliOverride: undefined, runtimeDir: undefined });
    process.env.TT_CLI = " sim ";
    expect(readEnvironment().cliOverride).toBe("sim");
  });

  test("knows a home without HOME", () => {
    expect(readEnvironment().home).toStartWith("/");
  });
});
