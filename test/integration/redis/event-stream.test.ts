import { expect, test } from "bun:test";
import { connectBun } from "../../../src/redis/bun-client.ts";
import { lastEventId, newestEvents, waitForEvents } from "../../../src/redis/event-stream.ts";
import { testServer } from "../../support/redis.ts";
import { storeRig } from "../../support/store-rig.ts";

test("events tell what happened, to whom and when", async () => {
  await using rig = await storeRig();
  const owner = await rig.own("dev");
  const { taskId } = await rig.assign("dev", "build 🏘️ it");
  await rig.work(owner, "turn");
  await rig.finish(owner, "turn");
  const events = await newestEvents(rig.store, 4);
  expect(events).toMatchObject([
    { type: "task_started", agentId: owner.agentId, taskId },
    { type: "agent_state_changed", oldState: "idle", newState: "working" },
    { type: "task_completed", taskId, outcome: "done", message: "dev: the answer" },
    { type: "agent_state_changed", oldState: "working", newState: "idle" },
  ]);
  for (const event of events)
    expect(Math.abs(event.at.getTime() - Date.now())).toBeLessThan(60_000);
});

test("waiting for events misses none after a position", async () => {
  await using rig = await storeRig();
  await using port = connectBun((await testServer()).url);
  const { keys } = rig.store;
  expect(await lastEventId(rig.store)).toBe("0-0");
  const waiting = waitForEvents(port, keys.events, { after: "0-0", blockMs: 5_000 });
  await rig.spawn("dev");
  expect(await waiting).toMatchObject([{ type: "agent_spawned" }]);
  const after = await lastEventId(rig.store);
  await rig.assign("dev", "one");
  await rig.assign("dev", "two");
  const next = await waitForEvents(port, keys.events, { after, blockMs: 5_000 });
  expect(next.map(({ message }) => message)).toEqual(["dev: one", "dev: two"]);
});

test("a damaged event is still an event", async () => {
  await using rig = await storeRig();
  await rig.raw("XADD", rig.store.keys.events, "*", "event_type", "odd", "data", "{broken");
  await rig.raw("XADD", rig.store.keys.events, "*", "something", "else");
  await rig.raw("XADD", rig.store.keys.events, "*", "data", '{"event_type":"old","agent_id":7}');
  expect(await newestEvents(rig.store, 3)).toMatchObject([
    { type: "odd", message: "", agentId: undefined },
    { type: "unknown" },
    { type: "old", agentId: undefined },
  ]);
});
