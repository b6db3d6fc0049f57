import { describe, expect, test } from "bun:test";
import { requestEnd } from "../../../src/redis/agent-store.ts";
import { luaScript } from "../../../src/redis/lua-script.ts";
import type { StreamEntry } from "../../../src/redis/port.ts";
import { closeTask } from "../../../src/redis/task-store.ts";
import { type StoreRig, storeRig } from "../../support/store-rig.ts";

/** Runs Lua that may use what the prelude defines. */
function lua(rig: StoreRig, body: string, ...args: readonly (string | number)[]) {
  return rig.store.port.script(luaScript("test", body), [rig.store.keys.prefix, ...args]);
}

test("text() writes large numbers in full", async () => {
  await using rig = await storeRig();
  const body = "local r = {} for i, n in ipairs(ARGV) do r[i] = text(tonumber(n)) end return r";
  const numbers = [0, 7, 1_795_242_896_000, 9_007_199_254_740_991];
  expect(await lua(rig, body, ...numbers)).toEqual(numbers.map(String));
});

test("ring() leaves one token, however often it rings", async () => {
  await using rig = await storeRig();
  await lua(rig, "for _ = 1, 5 do ring_agent('a') ring_host('h') end return 1");
  expect(await rig.list(rig.store.keys.bell("a"))).toEqual(["1"]);
  expect(await rig.list(rig.store.keys.hostBell("h"))).toEqual(["1"]);
});

test("update_busy() knows every kind of work, and that notes are none", async () => {
  await using rig = await storeRig();
  const { keys } = rig.store;
  for (const key of [keys.inbox("a"), keys.urgent("a"), keys.inflight("a")]) {
    await rig.raw("RPUSH", key, "work");
    expect(await lua(rig, "return update_busy('a')")).toBe(1);
    expect(await rig.busy()).toEqual(["a"]);
    await rig.raw("DEL", key);
    expect(await lua(rig, "return update_busy('a')")).toBe(0);
    expect(await rig.busy()).toEqual([]);
  }
  await rig.raw("SADD", keys.open("a"), "task");
  await rig.raw("RPUSH", keys.notes("a"), "a note");
  expect(await lua(rig, "return update_busy('a')")).toBe(1);
});

describe("the event stream", () => {
  const read = (rig: StoreRig): Promise<readonly StreamEntry[]> =>
    rig.store.port.readStream(rig.store.keys.events, "0-0", 1_000);

  test("has the fields of tinytown 0.10", async () => {
    await using rig = await storeRig();
    await lua(rig, "event('demo', 'dev: said \"hi\"', { agent_id = 'a' }) return 1");
    const [entry] = await read(rig);
    expect(Object.keys(entry?.fields ?? {}).toSorted()).toEqual(["data", "event_type"]);
    expect(entry?.fields.event_type).toBe("demo");
    expect(JSON.parse(entry?.fields.data ?? "")).toEqual({
      event_type: "demo",
      message: 'dev: said "hi"',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      agent_id: "a",
    });
  });

  test("has them for everything that happens to an agent and its work", async () => {
    await using rig = await storeRig();
    const seen = await everything(rig);
    for (const { fields } of seen) {
      const data = JSON.parse(fields.data ?? "");
      expect(data.event_type).toBe(fields.event_type);
      expect(new Date(data.timestamp).toISOString()).toBe(data.timestamp);
      for (const value of Object.values(data)) expect(value).toBeString();
    }
    const types = new Set(seen.map(({ fields }) => fields.event_type));
    const tasks = ["assigned", "started", "requeued", "completed", "failed", "cancelled"];
    const agents = ["spawned", "state_changed", "adopted", "stopped"];
    const messages = ["sent", "delivered", "answered", "dead"];
    for (const word of tasks) expect(types).toContain(`task_${word}`);
    for (const word of agents) expect(types).toContain(`agent_${word}`);
    for (const word of messages) expect(types).toContain(`message_${word}`);
  });

  test("keeps about the latest 10 000", async () => {
    await using rig = await storeRig();
    const body = "for n = 1, 4000 do event('demo', tostring(n), {}) end return 1";
    for (let n = 0; n < 4; n++) await lua(rig, body);
    expect(Number(await rig.raw("XLEN", rig.store.keys.events))).toBeWithin(10_000, 10_200);
  });

  /** Makes each event at least once. */
  async function everything(rig: StoreRig): Promise<readonly StreamEntry[]> {
    const owner = await rig.own("dev");
    for (const [n, how] of (["retry", "complete", "fail"] as const).entries()) {
      if (n !== 1) await rig.assign("dev", "work");
      await rig.work(owner, `task ${n}`);
      await rig.finish(owner, `task ${n}`, { action: how, outcome: "failed" });
    }
    for (const how of ["complete", "fail"] as const) {
      await rig.send("dev", "please");
      await rig.work(owner, `message ${how}`);
      await rig.finish(owner, `message ${how}`, { action: how });
    }
    const { taskId } = await rig.assign("dev", "never mind");
    await rig.work(owner, "lost");
    await rig.adopt(owner.agentId);
    const closing = { task: taskId, state: "cancelled", text: "no", summary: "no" } as const;
    await closeTask(rig.store, "Cannot cancel", closing);
    await requestEnd(rig.store, "Cannot close", { agent: "dev", how: "close" });
    await rig.end({ ...owner, epoch: owner.epoch + 1 }, { by: "stop" });
    return read(rig);
  }
});
