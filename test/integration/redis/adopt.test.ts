import { describe, expect, test } from "bun:test";
import { newAgentId, newMessageId } from "../../../src/core/ids.ts";
import { requestEnd } from "../../../src/redis/agent-store.ts";
import { closeTask } from "../../../src/redis/task-store.ts";
import {
  type Owner,
  placedAgents,
  readControl,
  renewLeases,
} from "../../../src/redis/turn-store.ts";
import { rejection } from "../../support/rejection.ts";
import { HOST, type StoreRig, storeRig } from "../../support/store-rig.ts";

/** Texts of the messages in a queue; of an assignment, its task. */
async function texts(rig: StoreRig, key: string): Promise<readonly unknown[]> {
  const messages = (await rig.list(key)).map((raw) => JSON.parse(raw));
  return messages.map(({ description, summary, task_id }) => description ?? summary ?? task_id);
}

/** The owner dies in its turn, so many times. */
async function dieInTurns(rig: StoreRig, agent: Owner, times: number): Promise<Owner> {
  let owner = agent;
  for (let n = 1; n <= times; n++) {
    expect((await rig.work(owner, `turn-${n}`)).attempts).toBe(n);
    owner = await succeed(rig, owner, { maxAttempts: times });
  }
  return owner;
}

async function succeed(rig: StoreRig, owner: Owner, more?: { maxAttempts: number }) {
  const adopted = await rig.adopt(owner.agentId, more);
  if (adopted.kind !== "owned") throw new Error(`It is ${adopted.kind}`);
  return { agentId: owner.agentId, epoch: adopted.agent.epoch };
}

describe("the adopt script", () => {
  test("makes a host the owner of a new agent", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    const before = Date.now();
    const adopted = await rig.adopt(id, { leaseMs: 60_000 });
    expect(adopted).toMatchObject({ kind: "owned", agent: { id, state: "idle", epoch: 1 } });
    const expiry = Number(await rig.raw("ZSCORE", rig.store.keys.leases, id));
    expect(expiry - before).toBeWithin(59_000, 62_000);
    expect(await placedAgents(rig.store, HOST)).toEqual([id]);
    expect(await rig.events()).toEqual(["agent_spawned", "agent_state_changed"]);
  });

  test("refuses an agent that has no record", async () => {
    await using rig = await storeRig();
    expect(await rejection(rig.adopt(newAgentId()))).toMatchObject({ code: "E_AGENT_NOT_FOUND" });
  });

  test("changes nothing but the epoch when it is sent again", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    await rig.assign("dev", "work");
    await rig.adopt(id);
    const events = await rig.events();
    expect(await rig.adopt(id)).toMatchObject({ kind: "owned", agent: { epoch: 2 } });
    expect(await rig.events()).toEqual(events);
    expect(await rig.list(rig.store.keys.inbox(id))).toHaveLength(1);
  });

  describe("gives back what the dead owner had taken:", () => {
    test("a message of the inbox, before those that came later, with its notes", async () => {
      await using rig = await storeRig();
      const { keys } = rig.store;
      const owner = await rig.own("dev");
      for (const text of ["first", "second"]) await rig.send("dev", text);
      for (const text of ["note 1", "note 2"]) await rig.send("dev", text, { kind: "info" });
      await rig.work(owner, "turn");
      await rig.send("dev", "third");
      await rig.send("dev", "note 3", { kind: "info" });
      await rig.adopt(owner.agentId);
      expect(await texts(rig, keys.inbox(owner.agentId))).toEqual(["first", "second", "third"]);
      expect(await texts(rig, keys.notes(owner.agentId))).toEqual(["note 1", "note 2", "note 3"]);
      expect(await rig.list(keys.inflight(owner.agentId))).toEqual([]);
      expect(await rig.busy()).toEqual([owner.agentId]);
    });

    test("an urgent message to the head of the urgent ones", async () => {
      await using rig = await storeRig();
      const { keys } = rig.store;
      const owner = await rig.own("dev");
      await rig.send("dev", "normal");
      for (const text of ["u1", "u2"]) await rig.send("dev", text, { urgent: true });
      await rig.send("dev", "urgent note", { urgent: true, kind: "info" });
      await rig.work(owner, "turn");
      await rig.adopt(owner.agentId);
      expect(await texts(rig, keys.urgent(owner.agentId))).toEqual(["u1", "u2", "urgent note"]);
      expect(await texts(rig, keys.inbox(owner.agentId))).toEqual(["normal"]);
    });

    test("a task, which is assigned again and counts the turn it had", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      const { taskId } = await rig.assign("dev", "work");
      await rig.work(owner, "turn");
      const adopted = await rig.adopt(owner.agentId);
      expect(adopted).toMatchObject({ agent: { state: "idle", currentTask: undefined } });
      expect(await rig.task(taskId)).toMatchObject({ state: "assigned", attempts: 1 });
      expect(await rig.events()).toContain("agent_adopted");
      const next = await rig.work({ ...owner, epoch: owner.epoch + 1 }, "turn 2");
      expect(next).toMatchObject({ attempts: 2, task: { id: taskId, state: "running" } });
    });

    test("but leaves alone a task of another agent that a note tells of", async () => {
      await using rig = await storeRig();
      const dev = await rig.own("dev");
      const other = await rig.own("other");
      const { taskId } = await rig.assign("other", "work");
      await rig.work(other, "turn");
      const told = { type: "task_done", fields: { task_id: taskId, result: "soon" } } as const;
      await rig.send("dev", "soon", told);
      await rig.send("dev", "read that");
      await rig.work(dev, "turn");
      await rig.adopt(dev.agentId);
      expect((await rig.task(taskId)).state).toBe("running");
    });
  });

  test.each<[string, (rig: StoreRig, owner: Owner) => Promise<unknown>]>([
    ["take()", (rig, owner) => rig.take(owner)],
    ["take() of the turn under way", (rig, owner) => rig.take(owner, "turn")],
    ["finish()", (rig, owner) => rig.finish(owner, "turn")],
    ["end()", (rig, owner) => rig.end(owner)],
    ["control()", (rig, owner) => readControl(rig.store, owner)],
  ])("fences %s of the earlier owner", async (_, call) => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    await rig.work(owner, "turn");
    await rig.adopt(owner.agentId);
    expect(await rejection(call(rig, owner))).toMatchObject({ code: "E_FENCED" });
    expect((await rig.agent(owner.agentId)).state).toBe("idle");
    expect((await rig.task(taskId)).state).toBe("assigned");
    const host = { id: HOST, record: "{}", leaseMs: 1_000 };
    expect(await renewLeases(rig.store, host, [owner])).toEqual([owner.agentId]);
  });
});

describe("work whose host died in every turn it may have", () => {
  test("is a dead letter, and its task has failed", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "poison");
    const fine = await rig.assign("dev", "fine");
    await rig.send("dev", "a note", { kind: "info" });
    const last = await dieInTurns(rig, owner, 3);
    expect(await rig.task(taskId)).toMatchObject({
      state: "failed",
      outcome: "crashed",
      error: "its host died in each of 3 turns",
      attempts: 3,
    });
    expect(await texts(rig, rig.store.keys.dead(owner.agentId))).toEqual([taskId]);
    expect((await rig.events()).filter((type) => type === "task_failed")).toHaveLength(1);
    const next = await rig.work(last, "next");
    expect(next.task?.id).toBe(fine.taskId);
    expect(next.notes.map(({ text }) => text)).toEqual(["a note"]);
  });

  test("leaves the agent idle when there is nothing else", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "poison");
    await dieInTurns(rig, owner, 2);
    expect((await rig.agent(owner.agentId)).state).toBe("idle");
    expect(await rig.busy()).toEqual([]);
  });

  test("is a dead letter without a task too, and its turns are forgotten", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.send("dev", "poison", { urgent: true });
    await dieInTurns(rig, owner, 2);
    expect(await texts(rig, rig.store.keys.dead(owner.agentId))).toEqual(["poison"]);
    expect(await rig.raw("HLEN", rig.store.keys.attempts)).toBe(0);
    expect(await rig.events()).toContain("message_dead");
    expect(await rig.events()).not.toContain("task_failed");
  });

  test("is settled when the agent had closed the task itself", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    await rig.work(owner, "turn");
    const done = { task: taskId, state: "completed", text: "done", summary: "done" } as const;
    await closeTask(rig.store, "Cannot complete", done);
    const next = await succeed(rig, owner, { maxAttempts: 1 });
    expect((await rig.task(taskId)).state).toBe("completed");
    expect(await rig.list(rig.store.keys.dead(owner.agentId))).toEqual([]);
    expect(await rig.events()).not.toContain("task_failed");
    expect(await rig.take(next)).toEqual({ kind: "nothing" });
    expect(await rig.busy()).toEqual([]);
  });

  test("takes no other message with it, whatever queue tinytown 0.10 had put it into", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { keys } = rig.store;
    await rig.send("dev", "innocent");
    const old = { id: newMessageId(), from: owner.agentId, to: owner.agentId };
    const note = { ...old, type: "informational", summary: "x", priority: "high" };
    const created = { created_at: new Date().toISOString() };
    await rig.raw("RPUSH", keys.urgent(owner.agentId), JSON.stringify({ ...note, ...created }));
    await rig.work(owner, "turn");
    await rig.adopt(owner.agentId, { maxAttempts: 1 });
    expect(await texts(rig, keys.inbox(owner.agentId))).toEqual(["innocent"]);
    expect(await texts(rig, keys.dead(owner.agentId))).toEqual(["x"]);
  });
});

describe("an agent is not adopted", () => {
  test("while another owner's lease runs, unless that owner is dead for certain", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const other = await rig.adopt(owner.agentId, { sure: false });
    expect(other.kind === "leased" && other.ms).toBeWithin(10_000, 15_001);
    await rig.take(owner);
    expect(await rig.adopt(owner.agentId, { leaseMs: 0 })).toMatchObject({ kind: "owned" });
    expect(await rig.adopt(owner.agentId, { sure: false })).toMatchObject({ kind: "owned" });
  });

  test("by a host it is not placed on, which forgets it", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.raw("SADD", rig.store.keys.placed("machine-2"), owner.agentId);
    const adopted = await rig.adopt(owner.agentId, { hostId: "machine-2" });
    expect(adopted).toEqual({ kind: "ended", state: "elsewhere" });
    expect(await placedAgents(rig.store, "machine-2")).toEqual([]);
    expect(await placedAgents(rig.store, HOST)).toEqual([owner.agentId]);
    await rig.take(owner);
  });

  test.each([
    { state: "stopped", by: "stop", revive: false, placed: true },
    { state: "stopped", by: "kill", revive: true, placed: false },
    { state: "stopped", by: "", revive: true, placed: false },
    { state: "cold", by: "", revive: true, placed: false },
    { state: "error", by: "", revive: true, placed: false },
  ] as const)("when it has ended ($state by $by, revive $revive)", async (ended) => {
    await using rig = await storeRig();
    const { state, by, revive, placed } = ended;
    const owner = await rig.own("dev");
    await rig.end(owner, { state, by });
    const adopted = await rig.adopt(owner.agentId, { revive });
    expect(adopted).toEqual({ kind: "ended", state });
    expect(await rig.agent(owner.agentId)).toMatchObject({ state, epoch: owner.epoch });
    expect(await placedAgents(rig.store, HOST)).toHaveLength(placed ? 1 : 0);
    expect(await rig.raw("SCARD", rig.store.keys.live)).toBe(0);
  });
});

describe("an agent that is adopted", () => {
  test("comes back after a stop, with its work", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    await rig.work(owner, "turn");
    await rig.end(owner, { state: "stopped", reason: "tt stop", by: "stop" });
    const adopted = await rig.adopt(owner.agentId, { revive: true });
    expect(adopted).toMatchObject({ kind: "owned", agent: { state: "idle", reason: undefined } });
    expect(await rig.raw("SISMEMBER", rig.store.keys.live, owner.agentId)).toBe(1);
    const next = { ...owner, epoch: owner.epoch + 1 };
    expect((await rig.work(next, "next")).task?.id).toBe(taskId);
    await rig.end(next);
    expect(await rig.adopt(owner.agentId, { revive: true })).toMatchObject({ kind: "ended" });
  });

  test("stays ended, with no trace of the attempt, while a lease runs", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.end(owner, { by: "stop" });
    await rig.raw("ZADD", rig.store.keys.leases, Date.now() + 60_000, owner.agentId);
    const before = await rig.agent(owner.agentId);
    const adopted = await rig.adopt(owner.agentId, { revive: true, sure: false });
    expect(adopted).toMatchObject({ kind: "leased" });
    expect(await rig.agent(owner.agentId)).toEqual(before);
    expect(await rig.raw("SCARD", rig.store.keys.live)).toBe(0);
  });

  test("stays paused", async () => {
    await using rig = await storeRig();
    const { agentId } = await rig.own("dev");
    await rig.raw("HSET", rig.store.keys.agent(agentId), "state", "paused");
    expect(await rig.adopt(agentId)).toMatchObject({ agent: { state: "paused" } });
  });

  test("goes on draining, and ends when the dead owner had left nothing to do", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "work");
    await rig.work(owner, "turn");
    await requestEnd(rig.store, "Cannot close", { agent: "dev", how: "close" });
    const next = await succeed(rig, owner);
    expect((await rig.agent(owner.agentId)).state).toBe("draining");
    await rig.work(next, "next");
    const last = await succeed(rig, owner, { maxAttempts: 2 });
    expect((await rig.agent(owner.agentId)).state).toBe("draining");
    expect(await rig.take(last)).toEqual({ kind: "wanted", wanted: "close" });
  });

  test("ends as somebody wanted while its host was dead", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "work");
    await rig.work(owner, "turn");
    await requestEnd(rig.store, "Cannot", { agent: "dev", how: "stop" });
    const next = await succeed(rig, owner);
    expect(await rig.take(next)).toEqual({ kind: "wanted", wanted: "stop" });
  });

  test("is killed when that was wanted, although it would also have been drained", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    await requestEnd(rig.store, "Cannot close", { agent: "dev", how: "close" });
    await requestEnd(rig.store, "Cannot kill", { agent: "dev", how: "kill" });
    const done = { task: taskId, state: "completed", text: "", summary: "" } as const;
    await closeTask(rig.store, "Cannot complete", done);
    await rig.raw("DEL", rig.store.keys.inbox(owner.agentId));
    const next = await succeed(rig, owner);
    expect(await rig.take(next)).toEqual({ kind: "wanted", wanted: "kill" });
  });
});
