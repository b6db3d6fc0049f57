import { describe, expect, test } from "bun:test";
import { type EndRequest, requestEnd } from "../../../src/redis/agent-store.ts";
import { closeTask } from "../../../src/redis/task-store.ts";
import { type Owner, readControl } from "../../../src/redis/turn-store.ts";
import { rejection } from "../../support/rejection.ts";
import { type StoreRig, storeRig } from "../../support/store-rig.ts";

function ask(rig: StoreRig, how: EndRequest, reason?: string) {
  return requestEnd(rig.store, `Cannot ${how} "dev"`, { agent: "dev", how, reason });
}

/** What the owner hears when it asks for work. */
async function heard(rig: StoreRig, owner: Owner): Promise<string> {
  const taken = await rig.take(owner);
  return taken.kind === "wanted" ? taken.wanted : taken.kind;
}

describe("the request-end script", () => {
  test.each(["kill", "stop"] as const)("asks for a %s now, whatever is queued", async (how) => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "work");
    await rig.raw("DEL", rig.store.keys.bell(owner.agentId));
    expect(await ask(rig, how, "too slow")).toEqual({ id: owner.agentId, ended: false });
    expect(await rig.list(rig.store.keys.bell(owner.agentId))).toEqual(["1"]);
    expect((await rig.agent(owner.agentId)).reason).toBe("too slow");
    expect(await heard(rig, owner)).toBe(how);
    expect(await readControl(rig.store, owner)).toMatchObject({ wanted: how });
  });

  test("lets the owner end the turn under way", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "work");
    await rig.work(owner, "turn");
    await ask(rig, "kill");
    expect(await readControl(rig.store, owner)).toEqual({ wanted: "kill", taskState: "running" });
  });

  test("closes an agent with nothing to do at once", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await ask(rig, "close");
    expect((await rig.agent(owner.agentId)).state).toBe("draining");
    expect(await heard(rig, owner)).toBe("close");
  });

  test("closes an agent when its work is done", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "first");
    await rig.send("dev", "second");
    await rig.work(owner, "turn 1");
    await ask(rig, "close");
    expect(await readControl(rig.store, owner)).toMatchObject({ wanted: "" });
    await rig.finish(owner, "turn 1");
    await rig.work(owner, "turn 2");
    expect((await rig.agent(owner.agentId)).state).toBe("draining");
    await rig.finish(owner, "turn 2");
    expect(await heard(rig, owner)).toBe("close");
  });

  test.each(["completed", "failed", "cancelled"] as const)(
    "closes an agent whose last task was %s by somebody else",
    async (state) => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      const { taskId } = await rig.assign("dev", "work");
      await ask(rig, "close");
      await closeTask(rig.store, "Cannot", { task: taskId, state, text: "", summary: "" });
      expect(await rig.list(rig.store.keys.bell(owner.agentId))).toEqual(["1"]);
      expect(await heard(rig, owner)).toBe("close");
    },
  );

  test("closes a draining agent however its last open task vanished", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    await ask(rig, "close");
    await rig.raw("DEL", rig.store.keys.inbox(owner.agentId));
    await closeTask(rig.store, "Cannot", { task: taskId, state: "failed", text: "", summary: "" });
    expect(await heard(rig, owner)).toBe("close");
  });

  test.each([
    { first: "close", second: "stop", heard: "stop" },
    { first: "close", second: "kill", heard: "kill" },
    { first: "stop", second: "kill", heard: "kill" },
    { first: "kill", second: "stop", heard: "kill" },
    { first: "kill", second: "close", heard: "kill" },
    { first: "stop", second: "close", heard: "stop" },
  ] as const)(
    "lets the stronger wish win: $first, then $second",
    async ({ first, second, heard: expected }) => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      await ask(rig, first);
      await ask(rig, second);
      expect(await heard(rig, owner)).toBe(expected);
    },
  );

  test.each([
    ["its last round", { fields: { max_rounds: "1" } }, "stop"],
    ["its last round", { fields: { max_rounds: "1" } }, "kill"],
    ["the work it was to drain", {}, "kill"],
  ] as const)("is not forgotten when the turn under way was %s (%#)", async (what, more, how) => {
    await using rig = await storeRig();
    const owner = await rig.own("dev", more);
    await rig.assign("dev", "work");
    await rig.work(owner, "turn");
    if (what !== "its last round") await ask(rig, "close");
    await ask(rig, how, "I said so");
    await rig.finish(owner, "turn");
    expect(await heard(rig, owner)).toBe(how);
    expect((await rig.agent(owner.agentId)).reason).toBe("I said so");
  });

  test("changes nothing when it is sent again", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    for (const how of ["close", "stop", "kill"] as const) {
      const first = await ask(rig, how);
      const [agent, events] = [await rig.agent(owner.agentId), await rig.events()];
      expect(await ask(rig, how)).toEqual(first);
      expect(await rig.agent(owner.agentId)).toEqual(agent);
      expect(await rig.events()).toEqual(events);
      expect(await rig.list(rig.store.keys.bell(owner.agentId))).toEqual(["1"]);
    }
  });

  test.each(["kill", "stop", "close"] as const)(
    "tells of an agent that has ended already (%s)",
    async (how) => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      await rig.end(owner, { reason: "before" });
      expect(await ask(rig, how, "again")).toEqual({ id: owner.agentId, ended: true });
      expect(await rig.agent(owner.agentId)).toMatchObject({ state: "stopped", reason: "before" });
      expect(await rig.list(rig.store.keys.bell(owner.agentId))).toEqual([]);
    },
  );

  test("ends an agent that no host has taken over yet as soon as one does", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    await ask(rig, "close");
    const adopted = await rig.adopt(id);
    if (adopted.kind !== "owned") throw new Error(adopted.kind);
    expect(await heard(rig, { agentId: id, epoch: adopted.agent.epoch })).toBe("close");
  });

  test.each(["nobody", "conductor"])("refuses %p", async (agent) => {
    await using rig = await storeRig();
    const asked = requestEnd(rig.store, "Cannot kill", { agent, how: "kill" });
    expect(await rejection(asked)).toMatchObject({ code: "E_AGENT_NOT_FOUND" });
  });
});
