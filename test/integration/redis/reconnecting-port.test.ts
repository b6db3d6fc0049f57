import { describe, expect, test } from "bun:test";
import { UnavailableError } from "../../../src/core/errors.ts";
import { asMessageId, newMessageId } from "../../../src/core/ids.ts";
import { connectBun } from "../../../src/redis/bun-client.ts";
import { storeMessage } from "../../../src/redis/inbox-store.ts";
import { connectIoredis } from "../../../src/redis/ioredis-client.ts";
import { luaScript } from "../../../src/redis/lua-script.ts";
import { ConnectionLostError, type RedisPort, RedisReplyError } from "../../../src/redis/port.ts";
import { type ReconnectOptions, reconnectingPort } from "../../../src/redis/reconnecting-port.ts";
import { TownStore } from "../../../src/redis/town-store.ts";
import { freshTownName, testServer } from "../../support/redis.ts";
import { rejection } from "../../support/rejection.ts";
import { waitFor } from "../../support/wait-for.ts";

type Connect = () => Promise<RedisPort>;

const CLIENTS: readonly [string, Connect][] = [
  ["Bun's client", async () => connectBun((await testServer()).url)],
  ["ioredis", async () => connectIoredis((await testServer()).url)],
];
const [[, connectAny]] = CLIENTS as readonly [[string, Connect]];

function reconnecting(connect: Connect, options: Partial<ReconnectOptions> = {}): RedisPort {
  return reconnectingPort({
    connect,
    patienceMs: 5_000,
    unavailable: (cause) =>
      new UnavailableError({ code: "E_REDIS_UNREACHABLE", message: "gone", cause }),
    signal: new AbortController().signal,
    ...options,
  });
}

/** A connection that is refused the first `times` times. */
function refused(times: number, error: Error): Connect {
  let left = times;
  return async () => {
    if (left-- > 0) throw error;
    return connectAny();
  };
}

const lost = new ConnectionLostError("refused");
const serverDown = new UnavailableError({ code: "E_REDIS_UNREACHABLE", message: "disk full" });

describe.each(CLIENTS)("a reconnecting port of %s", (_, connect) => {
  test("sends each of 1 000 messages once while connections are killed", async () => {
    const sender = await connect();
    await using killer = await connect();
    const connections: RedisPort[] = [];
    await using port = reconnecting(async () => {
      const made = await connect();
      connections.push(made);
      return made;
    });
    const store = new TownStore(port, freshTownName());
    let sending = true;
    let kills = 0;
    const killing = (async () => {
      while (sending) {
        const current = connections.at(-1);
        const id = await current?.command("CLIENT", ["ID"]).catch(() => undefined);
        if (id !== undefined)
          kills += Number(await killer.command("CLIENT", ["KILL", "ID", String(id)]));
        await Bun.sleep(7); // the fault's rate
      }
    })();
    for (let batch = 0; batch < 10; batch++) {
      await Promise.all(Array.from({ length: 100 }, (_unused, n) => send(store, batch * 100 + n)));
      await waitFor(() => kills > batch, { what: "a kill in every batch" });
    }
    sending = false;
    await killing;
    const inbox = await sender.command("LRANGE", [store.keys.inbox(SUPERVISOR), 0, -1]);
    sender.close();
    const texts = (Array.isArray(inbox) ? inbox : []).map(
      (raw) => JSON.parse(String(raw)).question,
    );
    expect(texts.toSorted()).toEqual(
      Array.from({ length: 1_000 }, (_unused, n) => `message ${n}`).toSorted(),
    );
    expect(kills).toBeGreaterThanOrEqual(10);
  });

  test("rejects a blocked read whose connection is killed, and reads on with a new one", async () => {
    let current: RedisPort | undefined;
    await using port = reconnecting(async () => {
      current = await connect();
      return current;
    });
    await using other = await connect();
    const list = `${freshTownName()}:list`;
    const id = await port.command("CLIENT", ["ID"]);
    const pop = rejection(port.blockingPop([list], 30));
    await other.command("CLIENT", ["KILL", "ID", String(id)]);
    expect(await pop).toBeInstanceOf(ConnectionLostError);
    await other.command("RPUSH", [list, "kept"]);
    expect(await port.blockingPop([list], 30)).toEqual([list, "kept"]);
  });
});

const SUPERVISOR = "00000000-0000-0000-0000-000000000001";

function send(store: TownStore, n: number) {
  return storeMessage(store, {
    to: "conductor",
    id: newMessageId(),
    from: undefined,
    type: "query",
    fields: { question: `message ${n}` },
    summary: "a message",
    urgent: false,
    correlationId: n % 2 === 0 ? asMessageId("answered") : undefined,
    queueLimit: 10_000,
  });
}

describe("a reconnecting port", () => {
  test("connects at the first call and once for many", async () => {
    let connections = 0;
    await using port = reconnecting(async () => {
      connections += 1;
      return connectAny();
    });
    expect(connections).toBe(0);
    await Promise.all([1, 2, 3].map(() => port.command("PING", [])));
    expect(connections).toBe(1);
  });

  test("repeats a call until there is a connection", async () => {
    await using port = reconnecting(refused(3, lost));
    expect(await port.command("PING", [])).toBe("PONG");
  });

  test("gives up after its patience, with the cause", async () => {
    await using port = reconnecting(refused(1_000, lost), { patienceMs: 30 });
    const error = await rejection(port.command("PING", []));
    expect(error).toMatchObject({ code: "E_REDIS_UNREACHABLE", message: "gone", cause: lost });
  });

  test("says why the server cannot be started, and tries again at the next call", async () => {
    await using port = reconnecting(refused(1, serverDown));
    expect(await rejection(port.command("PING", []))).toBe(serverDown);
    expect(await port.command("PING", [])).toBe("PONG");
  });

  test.each([
    ["LOADING Redis is loading the dataset in memory", 5_000],
    ["BUSY Redis is busy running a script", 5_000],
    ["MISCONF Errors writing to the AOF file", Number.POSITIVE_INFINITY],
  ])("waits out %p", async (words, patienceMs) => {
    await using port = reconnecting(connectAny, { patienceMs });
    expect(await port.script(failingTwice(words), [`${freshTownName()}:n`])).toBe(3);
  });

  test.each(["MISCONF Errors writing to the AOF file", "OOM command not allowed", "ERR odd"])(
    "hands on %p",
    async (words) => {
      await using port = reconnecting(connectAny);
      const error = await rejection(port.script(failingTwice(words), [`${freshTownName()}:n`]));
      expect(error).toBeInstanceOf(RedisReplyError);
      expect(error.message).toStartWith(words);
    },
  );

  test("stops waiting when its signal is aborted", async () => {
    const controller = new AbortController();
    await using port = reconnecting(refused(1_000, lost), {
      patienceMs: Number.POSITIVE_INFINITY,
      signal: controller.signal,
    });
    const call = rejection(port.command("PING", []));
    controller.abort(new Error("enough"));
    await call;
  });

  test("rejects pending and later calls once it is closed", async () => {
    const port = reconnecting(connectAny);
    await port.command("PING", []);
    const pending = rejection(port.blockingPop([`${freshTownName()}:list`], 30));
    port.close();
    expect(await pending).toBeInstanceOf(ConnectionLostError);
    expect(await rejection(port.command("PING", []))).toBeInstanceOf(ConnectionLostError);
  });
});

/** Refuses two calls, then answers 3. */
function failingTwice(words: string) {
  return luaScript(
    "failing",
    `local n = redis.call('INCR', KEYS[1])
     if n < 3 then return redis.error_reply('${words}') end
     return n`,
  );
}
