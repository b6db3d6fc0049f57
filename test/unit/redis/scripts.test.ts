import { describe, expect, test } from "bun:test";
import { TinytownError } from "../../../src/core/errors.ts";
import { luaScript } from "../../../src/redis/lua-script.ts";
import { RedisReplyError } from "../../../src/redis/port.ts";
import { refusalError, serverRefusal } from "../../../src/redis/refusal.ts";
import { SCRIPT_NAMES, townScript } from "../../../src/redis/scripts.ts";
import { luaFiles } from "./lua-files.ts";

const FILES = luaFiles();
const PRELUDE = FILES.find(({ name }) => name === "prelude");
const SCRIPTS = FILES.filter(({ name }) => name !== "prelude").map(
  (script) => [script.file, script] as const,
);

test("every Lua file is a script of the town", () => {
  expect(SCRIPTS.map(([, { name }]) => name).toSorted()).toEqual(SCRIPT_NAMES.toSorted());
});

describe.each(SCRIPTS)("%s", (_, script) => {
  test("has at most 100 lines", () => {
    expect(script.lines.length).toBeLessThanOrEqual(100);
  });

  test("says what it does, takes and returns", () => {
    expect(script.header).toMatch(/^[A-Z]/);
    expect(script.header).toContain("KEYS[1] prefix. ARGV:");
    expect(script.header).toContain("Returns {0");
  });

  test("documents every argument it reads", () => {
    const [, list = ""] = /ARGV: (.*?)Returns/.exec(script.header) ?? [];
    const documented = [...list.matchAll(/(?:^| )(\d+)(?:\.\.)? /g)].map(([, n]) => Number(n));
    const used = [...script.code.matchAll(/ARGV\[(\d+)\]/g)].map(([, n]) => Number(n));
    for (const n of used) expect(documented).toContain(n);
    expect(documented).toEqual(documented.map((_unused, index) => index + 1));
  });

  test("documents every refusal and every event of its own", () => {
    const statuses = [...script.code.matchAll(/return \{ (-\d+)/g)].map(([, n]) => n ?? "");
    for (const status of statuses) expect(script.header).toMatch(new RegExp(`${status}\\b`));
    const events = [...script.code.matchAll(/'((?:agent|task|message)_[a-z_]+)'/g)]
      .map(([, name]) => name ?? "")
      .filter((name) => script.code.includes(`event('${name}'`));
    for (const event of events) expect(script.header).toContain(event);
  });
});

test("only what adds work is refused when the memory is full", () => {
  const refused = SCRIPT_NAMES.filter((name) => townScript(name).source.startsWith("#!lua\n"));
  expect(refused.toSorted()).toEqual(["assign", "send", "spawn"]);
});

test("a script is known by the SHA-1 of its source", () => {
  const { source, sha1 } = luaScript("demo", "return 1");
  expect(sha1).toBe(new Bun.CryptoHasher("sha1").update(source).digest("hex"));
});

describe("a refusal", () => {
  const numbers = [...(PRELUDE ? [PRELUDE] : []), ...SCRIPTS.map(([, script]) => script)].flatMap(
    ({ code }) => [...code.matchAll(/\{ (-\d+)/g)].map(([, n]) => Number(n)),
  );

  test.each([...new Set(numbers)].toSorted((a, b) => b - a))("%p is a user's error", (number) => {
    const error = refusalError('Cannot do "x"', [number, "first", "second", "third"]);
    expect(error).toBeInstanceOf(TinytownError);
    expect(error.message).toStartWith('Cannot do "x": ');
    expect(error.message).not.toEndWith(".");
    expect(error.message).not.toContain("undefined");
  });

  test("of an unknown number is a bug", () => {
    expect(refusalError("Cannot do it", [-99, "a"])).not.toBeInstanceOf(TinytownError);
  });
});

describe("a refusal of the server itself", () => {
  test.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", /maxmemory/],
    ["MISCONF Errors writing to the AOF file: No space left on device", /disk full/],
    ["NOAUTH Authentication required.", /password/],
    ["NOPERM no permission", /password/],
  ])("%p has a hint", (words, hint) => {
    const error = serverRefusal("Cannot assign", new RedisReplyError(words));
    expect(error).toMatchObject({ code: "E_REDIS_REFUSED", hint: expect.stringMatching(hint) });
    expect(error.message).toContain(words);
  });

  test("of another kind is handed on", () => {
    const cause = new RedisReplyError("WRONGTYPE Operation against a key");
    expect(serverRefusal("Cannot assign", cause)).toBe(cause);
  });
});
