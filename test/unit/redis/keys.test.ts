import { describe, expect, test } from "bun:test";
import { type TownKeys, townKeys } from "../../../src/redis/keys.ts";
import { luaFiles } from "./lua-files.ts";

/** Every key with `X` where an id belongs, without the town's prefix. */
function keyNames(keys: TownKeys): readonly string[] {
  return Object.entries(keys)
    .filter(([name]) => name !== "prefix")
    .map(([, key]) => (typeof key === "function" ? String(key("X")) : String(key)))
    .map((key) => key.slice(keys.prefix.length));
}

/** What Lua puts after the prefix: `P .. 'agent:' .. id`, `P .. (a and 'urgent:' or 'inbox:')`. */
function namesIn(code: string): readonly string[] {
  const direct = [...code.matchAll(/\bP \.\. '([^']+)'/g)].map(([, name]) => name ?? "");
  const chosen = [...code.matchAll(/\bP \.\. \(([^)]+)\)/g)].flatMap(([, choice = ""]) =>
    [...choice.matchAll(/(?:and|or) '([^']+)'/g)].map(([, name]) => name ?? ""),
  );
  return [...direct, ...chosen];
}

describe("the names of keys", () => {
  test("begin with the town, which is a hash tag on a cluster", () => {
    const plain = townKeys("demo");
    const clustered = townKeys("demo", { cluster: true });
    expect(plain.prefix).toBe("tt:demo:");
    expect(clustered.prefix).toBe("tt:{demo}:");
    expect(plain.inbox("7")).toBe("tt:demo:inbox:7");
    expect(clustered.runTasks("r1")).toBe("tt:{demo}:run:r1:tasks");
    expect(keyNames(clustered)).toEqual(keyNames(plain));
  });

  test("differ from each other", () => {
    const names = keyNames(townKeys("demo"));
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(luaFiles().map(({ file, code }) => [file, code]))("in %s are known", (_, code) => {
    const known = keyNames(townKeys("demo")).map((name) => name.replace(/X.*$/, ""));
    const isKnown = (name: string) =>
      known.some((key) => key === name || (key.endsWith(":") && name.startsWith(key)));
    expect(namesIn(code).filter((name) => !isKnown(name))).toEqual([]);
  });

  test("of 0.10 are kept", () => {
    const keys = townKeys("demo");
    expect([
      keys.inbox("i"),
      keys.urgent("i"),
      keys.agent("i"),
      keys.task("i"),
      keys.events,
    ]).toEqual(
      ["inbox:i", "urgent:i", "agent:i", "task:i", "events"].map((name) => `tt:demo:${name}`),
    );
  });
});
