import { describe, expect, test } from "bun:test";
import { connectBun } from "../../../src/redis/bun-client.ts";
import { connectIoredis } from "../../../src/redis/ioredis-client.ts";
import { type LuaScript, luaScript } from "../../../src/redis/lua-script.ts";
import { ConnectionLostError, type RedisPort, RedisReplyError } from "../../../src/redis/port.ts";
import { freshTownName, testServer } from "../../support/redis.ts";
import { rejection } from "../../support/rejection.ts";

type Connect = (url: string) => Promise<RedisPort>;

const CLIENTS: readonly [string, Connect][] = [
  ["Bun's client", async (url) => connectBun(url)],
  ["ioredis", connectIoredis],
];

const NASTY = 'ünïcödé 🏘️ \u0000 \u007f\r\n\t"\\ \u2028 end';
const MEGABYTE = "a🏡b\u0000".repeat(131_072);

function script(body: string): LuaScript {
  return luaScript("test", `-- ${crypto.randomUUID()}\n${body}`);
}

/** Its own key space on the shared server. */
function freshKey(name: string): string {
  return `${freshTownName()}:${name}`;
}

async function clientId(port: RedisPort): Promise<string> {
  return String(await port.command("CLIENT", ["ID"]));
}

describe.each(CLIENTS)("a port of %s", (_, connect) => {
  const open = async (): Promise<RedisPort> => connect((await testServer()).url);

  describe("answers commands with", () => {
    test.each([
      ["a status", "PING", [], "PONG"],
      ["a text", "ECHO", [NASTY], NASTY],
      ["an empty text", "ECHO", [""], ""],
      ["an integer", "DEL", ["no-such-key"], 0],
      ["a missing value", "GET", ["no-such-key"], null],
      ["an empty list", "LRANGE", ["no-such-key", 0, -1], []],
      ["missing values in a list", "HMGET", ["no-such-key", "a", "b"], [null, null]],
    ] as const)("%s", async (_what, name, args, expected) => {
      await using port = await open();
      expect(await port.command(name, args)).toEqual(expected);
    });

    test("lists in order", async () => {
      await using port = await open();
      const key = freshKey("list");
      expect(await port.command("RPUSH", [key, "a", 2, NASTY])).toBe(3);
      expect(await port.command("LRANGE", [key, 0, -1])).toEqual(["a", "2", NASTY]);
    });

    test("nested lists", async () => {
      await using port = await open();
      const key = freshKey("stream");
      await port.command("XADD", [key, "1-1", "field", NASTY]);
      const reply = await port.command("XREVRANGE", [key, "+", "-", "COUNT", 1]);
      expect(reply).toEqual([["1-1", ["field", NASTY]]]);
    });

    test("each call's own reply, with 2 000 calls under way", async () => {
      await using port = await open();
      const words = Array.from({ length: 2_000 }, (_unused, n) => `word ${n}`);
      const replies = await Promise.all(words.map((word) => port.command("ECHO", [word])));
      expect(replies).toEqual(words);
    });
  });

  test("keeps a megabyte through command, hash, list, stream and script", async () => {
    await using port = await open();
    const [hash, list, stream] = [freshKey("hash"), freshKey("list"), freshKey("stream")];
    await port.command("HSET", [hash, "field", MEGABYTE]);
    await port.command("RPUSH", [list, MEGABYTE]);
    await port.command("XADD", [stream, "*", "field", MEGABYTE]);
    const entries = await port.readStream(stream, "0-0", 1_000);
    expect((await port.hashGetAll(hash)).field === MEGABYTE).toBe(true);
    expect((await port.blockingPop([list], 1))?.[1] === MEGABYTE).toBe(true);
    expect(entries[0]?.fields.field === MEGABYTE).toBe(true);
    const echo = script("return { KEYS[1], ARGV[1] }");
    expect((await port.script(echo, ["k", MEGABYTE])) as unknown).toEqual(["k", MEGABYTE]);
  });

  describe("hashGetAll()", () => {
    test("reads every field as text", async () => {
      await using port = await open();
      const key = freshKey("hash");
      await port.command("HSET", [key, "n", 1, NASTY, NASTY, "empty", ""]);
      expect(await port.hashGetAll(key)).toEqual({ n: "1", [NASTY]: NASTY, empty: "" });
    });

    test("is empty for a key that does not exist", async () => {
      await using port = await open();
      expect(await port.hashGetAll(freshKey("hash"))).toEqual({});
    });

    test("rejects what is no hash", async () => {
      await using port = await open();
      const key = freshKey("list");
      await port.command("RPUSH", [key, "a"]);
      expect(await rejection(port.hashGetAll(key))).toBeInstanceOf(RedisReplyError);
    });
  });

  describe("script()", () => {
    test("runs one the server has not seen, and again", async () => {
      await using port = await open();
      const add = script("return tonumber(ARGV[1]) + tonumber(ARGV[2])");
      expect(await port.script(add, ["k", 1, 2])).toBe(3);
      expect(await port.script(add, ["k", 20, 22])).toBe(42);
    });

    test("runs after SCRIPT FLUSH, also many at once", async () => {
      await using port = await open();
      const count = script("return redis.call('INCR', KEYS[1])");
      const key = freshKey("count");
      await port.script(count, [key]);
      await port.command("SCRIPT", ["FLUSH"]);
      const replies = await Promise.all(
        Array.from({ length: 50 }, () => port.script(count, [key])),
      );
      expect(replies.map(Number).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_unused, n) => n + 2),
      );
    });

    test("answers nested lists, missing values and texts alike", async () => {
      await using port = await open();
      const mixed = script("return { 1, 'two', { 3, { } }, false, ARGV[1] }");
      expect(await port.script(mixed, ["k", NASTY])).toEqual([1, "two", [3, []], null, NASTY]);
    });

    test("rejects with the error a script raises", async () => {
      await using port = await open();
      const wrong = port.script(script("return redis.error_reply('SORRY not today')"), ["k"]);
      expect(await rejection(wrong)).toBeInstanceOf(RedisReplyError);
      expect((await rejection(wrong)).message).toMatch(/^SORRY not today/);
      const broken = port.script(script("error('boom')"), ["k"]);
      expect(await rejection(broken)).toBeInstanceOf(RedisReplyError);
      expect(await port.command("PING", [])).toBe("PONG");
    });
  });

  describe("readStream()", () => {
    test("reads what is there after a position, in order", async () => {
      await using port = await open();
      const key = freshKey("stream");
      for (const n of [1, 2, 3]) await port.command("XADD", [key, `${n}-0`, "n", n, "text", NASTY]);
      expect(await port.readStream(key, "1-0", 1_000)).toEqual([
        { id: "2-0", fields: { n: "2", text: NASTY } },
        { id: "3-0", fields: { n: "3", text: NASTY } },
      ]);
    });

    test("waits for the next entry", async () => {
      await using port = await open();
      await using other = await open();
      const key = freshKey("stream");
      const reading = port.readStream(key, "0-0", 5_000);
      await other.command("XADD", [key, "5-0", "field", "late"]);
      expect(await reading).toEqual([{ id: "5-0", fields: { field: "late" } }]);
    });

    test("is empty when nothing comes in time", async () => {
      await using port = await open();
      expect(await port.readStream(freshKey("stream"), "0-0", 10)).toEqual([]);
    });

    test("rejects what is no stream", async () => {
      await using port = await open();
      const key = freshKey("list");
      await port.command("RPUSH", [key, "a"]);
      expect(await rejection(port.readStream(key, "0-0", 10))).toBeInstanceOf(RedisReplyError);
    });
  });

  describe("blockingPop()", () => {
    test("takes the first of several lists that has an element", async () => {
      await using port = await open();
      const [empty, full] = [freshKey("empty"), freshKey("full")];
      await port.command("RPUSH", [full, NASTY, "second"]);
      expect(await port.blockingPop([empty, full], 1)).toEqual([full, NASTY]);
      expect(await port.command("LRANGE", [full, 0, -1])).toEqual(["second"]);
    });

    test("waits for an element", async () => {
      await using port = await open();
      await using other = await open();
      const key = freshKey("list");
      const waiting = port.blockingPop([freshKey("other"), key], 5);
      await other.command("RPUSH", [key, "here"]);
      expect(await waiting).toEqual([key, "here"]);
    });

    test("answers null when none comes in time", async () => {
      await using port = await open();
      expect(await port.blockingPop([freshKey("list")], 0.01)).toBeNull();
    });
  });

  test.each([
    ["a wrong type", "LPUSH", /^WRONGTYPE /],
    ["an unknown command", "NONSENSE", /^ERR unknown command/],
  ])("rejects %s with the server's words and stays usable", async (_what, name, words) => {
    await using port = await open();
    const key = freshKey("text");
    await port.command("SET", [key, "text"]);
    const wrong = port.command(name, [key, "a"]);
    expect(await rejection(wrong)).toBeInstanceOf(RedisReplyError);
    expect((await rejection(wrong)).message).toMatch(words);
    expect(await port.command("GET", [key])).toBe("text");
  });

  describe("when the connection is killed", () => {
    const pending: readonly [string, (port: RedisPort) => Promise<unknown>][] = [
      ["a blocked pop", (port) => port.blockingPop([freshKey("list")], 30)],
      ["a blocked stream read", (port) => port.readStream(freshKey("stream"), "0-0", 30_000)],
      ["a command", (port) => port.command("BLPOP", [freshKey("list"), 30])],
      ["a script behind a blocked read", (port) => behindBlockedRead(port)],
    ];

    test.each(pending)("rejects %s", async (_what, start) => {
      await using port = await open();
      await using other = await open();
      const id = await clientId(port);
      const call = start(port);
      call.catch(() => undefined);
      await other.command("CLIENT", ["KILL", "ID", id]);
      expect(await rejection(call)).toBeInstanceOf(ConnectionLostError);
    });

    test("rejects what is called afterwards", async () => {
      await using port = await open();
      await using other = await open();
      await other.command("CLIENT", ["KILL", "ID", await clientId(port)]);
      expect(await rejection(port.command("PING", []))).toBeInstanceOf(ConnectionLostError);
      expect(await rejection(port.script(script("return 1"), ["k"]))).toBeInstanceOf(
        ConnectionLostError,
      );
      expect(await rejection(port.blockingPop(["k"], 1))).toBeInstanceOf(ConnectionLostError);
    });
  });

  test("close() rejects what is pending and what comes later, and may be called twice", async () => {
    const port = await open();
    await port.command("PING", []);
    const blocked = rejection(port.blockingPop([freshKey("list")], 30));
    const queued = rejection(port.command("PING", []));
    port.close();
    port.close();
    expect(await blocked).toBeInstanceOf(ConnectionLostError);
    expect(await queued).toBeInstanceOf(ConnectionLostError);
    expect(await rejection(port.hashGetAll("k"))).toBeInstanceOf(ConnectionLostError);
  });
});

function behindBlockedRead(port: RedisPort): Promise<unknown> {
  port.blockingPop([freshKey("list")], 30).catch(() => undefined);
  return port.script(script("return 1"), ["k"]);
}
