import { describe, expect, test } from "bun:test";
import { requestEnd } from "../../../src/redis/agent-store.ts";
import { newestEvents } from "../../../src/redis/event-stream.ts";
import { placedAgents } from "../../../src/redis/turn-store.ts";
import { rejection } from "../../support/rejection.ts";
import { HOST, storeRig } from "../../support/store-rig.ts";

describe("the end-agent script", () => {
  test.each([
    { state: "stopped", by: "kill", placed: false },
    { state: "stopped", by: "stop", placed: true },
    { state: "stopped", by: "", placed: false },
    { state: "cold", by: "", placed: false },
    { state: "error", by: "", placed: false },
  ] as const)("ends an agent: $state by $by", async ({ state, by, placed }) => {
    await using rig = await storeRig();
    const { keys } = rig.store;
    const owner = await rig.own("dev");
    await rig.end(owner, { state, by, reason: "enough" });
    expect(await rig.agent(owner.agentId)).toMatchObject({ state, reason: "enough" });
    expect(await placedAgents(rig.store, HOST)).toEqual(placed ? [owner.agentId] : []);
    expect(await rig.raw("SCARD", keys.live)).toBe(0);
    expect(await rig.raw("ZSCORE", keys.leases, owner.agentId)).toBeNull();
    expect(await rig.raw("EXISTS", keys.bell(owner.agentId))).toBe(0);
    const [changed, stopped] = await newestEvents(rig.store, 2);
    expect(changed).toMatchObject({ type: "agent_state_changed", newState: state });
    expect(stopped).toMatchObject({ type: "agent_stopped", message: "dev: enough" });
  });

  test("gives unfinished work back and keeps the queues", async () => {
    await using rig = await storeRig();
    const { keys } = rig.store;
    const owner = await rig.own("dev");
    const first = await rig.assign("dev", "first");
    await rig.assign("dev", "second");
    await rig.send("dev", "a note", { kind: "info" });
    await rig.work(owner, "turn");
    await rig.end(owner, { by: "stop" });
    const queued = (await rig.list(keys.inbox(owner.agentId))).map((raw) => JSON.parse(raw));
    expect(queued.map((message) => message.task_id)[0]).toBe(first.taskId);
    expect(queued).toHaveLength(2);
    expect(await rig.list(keys.notes(owner.agentId))).toHaveLength(1);
    expect(await rig.list(keys.inflight(owner.agentId))).toEqual([]);
    expect((await rig.task(first.taskId)).state).toBe("assigned");
    expect((await rig.agent(owner.agentId)).currentTask).toBeUndefined();
    expect(await rig.busy()).toEqual([owner.agentId]);
  });

  test.each(["task", "message"] as const)(
    "does not use up an attempt of the %s it gives back",
    async (kind) => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      await (kind === "task" ? rig.assign("dev", "work") : rig.send("dev", "work"));
      await rig.work(owner, "turn");
      await rig.end(owner, { state: "error", reason: "no CLI", by: "" });
      expect((await rig.work(await rig.own("dev"), "next")).attempts).toBe(1);
    },
  );

  test("leaves an agent without work out of the busy ones", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.send("dev", "a note", { kind: "info" });
    await rig.end(owner);
    expect(await rig.busy()).toEqual([]);
  });

  test("keeps the reason somebody gave for the end, when the owner has none", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await requestEnd(rig.store, "Cannot kill", { agent: "dev", how: "kill", reason: "too slow" });
    await rig.end(owner, { reason: "" });
    expect((await rig.agent(owner.agentId)).reason).toBe("too slow");
  });

  test("changes nothing when it is sent again", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.end(owner, { by: "stop", reason: "tt stop" });
    const events = await rig.events();
    await rig.end(owner, { by: "stop", reason: "tt stop" });
    await rig.end(owner, { state: "error", by: "", reason: "late" });
    expect(await rig.agent(owner.agentId)).toMatchObject({ state: "stopped", reason: "tt stop" });
    expect(await placedAgents(rig.store, HOST)).toEqual([owner.agentId]);
    expect(await rig.events()).toEqual(events);
  });

  test.each(["starting", "draining"] as const)(
    "does not end the agent that was started again meanwhile and is %s",
    async (state) => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      await rig.assign("dev", "left over");
      await rig.end(owner);
      await rig.spawn("dev");
      if (state === "draining") {
        await requestEnd(rig.store, "Cannot close", { agent: "dev", how: "close" });
      }
      expect(await rejection(rig.end(owner))).toMatchObject({ code: "E_FENCED" });
      expect(await rejection(rig.take(owner))).toMatchObject({ code: "E_FENCED" });
      expect((await rig.agent(owner.agentId)).state).toBe(state);
      expect(await placedAgents(rig.store, HOST)).toEqual([owner.agentId]);
    },
  );

  test("leaves its owner nothing to take", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "work");
    await rig.end(owner);
    expect(await rejection(rig.take(owner))).toMatchObject({ code: "E_FENCED" });
    expect((await rig.agent(owner.agentId)).state).toBe("stopped");
    expect(await rig.list(rig.store.keys.inbox(owner.agentId))).toHaveLength(1);
  });

  test("leaves a turn that its owner finishes late unsettled", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    await rig.work(owner, "turn");
    await rig.end(owner);
    await rig.finish(owner, "turn");
    expect((await rig.task(taskId)).state).toBe("assigned");
    expect((await rig.agent(owner.agentId)).state).toBe("stopped");
  });
});
