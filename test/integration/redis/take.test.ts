import { describe, expect, test } from "bun:test";
import { newMessageId, newTaskId, SUPERVISOR_ID } from "../../../src/core/ids.ts";
import { requestEnd } from "../../../src/redis/agent-store.ts";
import { closeTask } from "../../../src/redis/task-store.ts";
import type { Owner, Work } from "../../../src/redis/turn-store.ts";
import { rejection } from "../../support/rejection.ts";
import { HOST, type StoreRig, storeRig } from "../../support/store-rig.ts";

/** What turn after turn is about, until there is nothing left. */
async function texts(rig: StoreRig, owner: Owner): Promise<readonly string[]> {
  const found: string[] = [];
  for (let n = 0; ; n++) {
    const taken = await rig.take(owner, `t${n}`);
    if (taken.kind !== "work") return found;
    found.push(textOf(taken.work));
    await rig.finish(owner, `t${n}`);
  }
}

function textOf(work: Work): string {
  return work.task?.description ?? work.message.text;
}

/** A message as another program may have written it. */
function foreign(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    id: newMessageId(),
    from: SUPERVISOR_ID,
    to: SUPERVISOR_ID,
    type: "task",
    priority: "normal",
    created_at: "2025-01-31T12:00:00.123456789Z",
    correlation_id: null,
    ...fields,
  });
}

describe("the take script", () => {
  test("takes a task and makes task and agent busy in one step", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "build it", { tags: ["a"] });
    const work = await rig.work(owner, "turn");
    expect(work).toMatchObject({ attempts: 1, round: 1, notes: [] });
    expect(work.task).toMatchObject({ id: taskId, description: "build it", state: "running" });
    expect(await rig.agent(owner.agentId)).toMatchObject({ state: "working", currentTask: taskId });
    expect(await rig.list(rig.store.keys.inbox(owner.agentId))).toEqual([]);
    expect(await rig.list(rig.store.keys.inflight(owner.agentId))).toHaveLength(1);
    expect(await rig.busy()).toEqual([owner.agentId]);
    expect((await rig.task(taskId)).startedAt).toBeDate();
    expect((await rig.events()).slice(-2)).toEqual(["task_started", "agent_state_changed"]);
  });

  test("takes a message", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.send("dev", "why?", { kind: "query" });
    const work = await rig.work(owner, "turn");
    expect(work).toMatchObject({ attempts: 1, round: 1, task: undefined });
    expect(work.message).toMatchObject({ type: "query", text: "why?" });
    expect((await rig.agent(owner.agentId)).currentTask).toBeUndefined();
    expect((await rig.events()).slice(-2)).toEqual(["message_delivered", "agent_state_changed"]);
  });

  test("serves urgent work first, each queue first come first served", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "n1");
    await rig.send("dev", "u1", { urgent: true });
    await rig.send("dev", "n2");
    await rig.assign("dev", "u2", { urgent: true });
    await rig.send("dev", "u3", { urgent: true, kind: "info" });
    await rig.assign("dev", "n3");
    expect(await texts(rig, owner)).toEqual(["u1", "u2", "u3", "n1", "n2", "n3"]);
    expect(await rig.busy()).toEqual([]);
  });

  test("hands over what has come in as information with the next work, once", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.send("dev", "fyi", { kind: "info" });
    await rig.send("dev", "thanks", { kind: "ack" });
    expect(await rig.take(owner)).toEqual({ kind: "nothing" });
    await rig.assign("dev", "one");
    await rig.assign("dev", "two");
    const first = await rig.work(owner, "t1");
    expect(first.notes.map(({ text }) => text)).toEqual(["fyi", "thanks"]);
    await rig.finish(owner, "t1");
    expect((await rig.work(owner, "t2")).notes).toEqual([]);
  });

  test("gives the same work to the same turn again", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.send("dev", "fyi", { kind: "info" });
    await rig.assign("dev", "one");
    await rig.assign("dev", "two");
    const first = await rig.work(owner, "turn");
    const again = await Promise.all([1, 2, 3].map(() => rig.work(owner, "turn")));
    for (const work of again) expect(work).toEqual(first);
    expect(first).toMatchObject({ attempts: 1, round: 1 });
    expect((await rig.events()).filter((type) => type === "task_started")).toHaveLength(1);
  });

  test("loses nothing when another turn asks before the last one has been finished", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "one");
    await rig.assign("dev", "two");
    await rig.work(owner, "t1");
    expect(textOf(await rig.work(owner, "t2"))).toBe("one");
    await rig.finish(owner, "t2");
    expect(await texts(rig, owner)).toEqual(["two"]);
  });

  test("finds nothing in an empty inbox and leaves the agent idle", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    expect(await rig.take(owner)).toEqual({ kind: "nothing" });
    expect((await rig.agent(owner.agentId)).state).toBe("idle");
  });

  describe("drops assignments that are stale:", () => {
    test.each(["completed", "failed", "cancelled"] as const)("of a %s task", async (state) => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      const { taskId } = await rig.assign("dev", "stale");
      await rig.assign("dev", "fresh");
      await closeTask(rig.store, "Cannot", { task: taskId, state, text: "x", summary: "x" });
      expect(await texts(rig, owner)).toEqual(["fresh"]);
      expect((await rig.task(taskId)).state).toBe(state);
    });

    test("of a task that is somebody else's or gone", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      await rig.spawn("other");
      const { taskId } = await rig.assign("dev", "moved");
      const gone = await rig.assign("dev", "gone");
      await rig.raw("HSET", rig.store.keys.task(taskId), "assigned_to", "somebody");
      await rig.raw("DEL", rig.store.keys.task(gone.taskId));
      expect(await texts(rig, owner)).toEqual([]);
    });

    test("and says so, for whoever waits until the agent is idle", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      const { taskId } = await rig.assign("dev", "stale");
      await closeTask(rig.store, "Cannot", {
        task: taskId,
        state: "cancelled",
        text: "",
        summary: "",
      });
      const before = (await rig.events()).length;
      expect(await rig.take(owner)).toEqual({ kind: "nothing" });
      expect((await rig.events()).length).toBeGreaterThan(before);
      expect(await rig.busy()).toEqual([]);
    });

    test("also while the agent waits before a retry", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      const { taskId } = await rig.assign("dev", "stale");
      await rig.work(owner, "turn");
      await rig.finish(owner, "turn", { action: "retry", outcome: "failed", delayMs: 60_000 });
      expect(await rig.take(owner)).toMatchObject({ kind: "wait" });
      await closeTask(rig.store, "Cannot", {
        task: taskId,
        state: "cancelled",
        text: "",
        summary: "",
      });
      expect(await rig.take(owner)).toEqual({ kind: "nothing" });
      expect(await rig.busy()).toEqual([]);
    });
  });

  describe("puts aside what nobody can read:", () => {
    const POISON: readonly [string, string][] = [
      ["no JSON", "hello {"],
      ["no object", '"text"'],
      ["an array", "[]"],
      ["null", "null"],
      ["nothing", ""],
      ["an object without fields", "{}"],
      ["a null id", foreign({ id: null })],
      ["a number for an id", foreign({ id: 7 })],
      ["no sender", foreign({ from: undefined })],
      ["a null recipient", foreign({ to: null })],
      ["an object for a type", foreign({ type: {} })],
      ["no time", foreign({ created_at: undefined })],
      ["an assignment without a task", foreign({ type: "task_assign" })],
      ["an assignment of null", foreign({ type: "task_assign", task_id: null })],
      ["a lone surrogate", '{"id":"\\ud800"}'],
      ["NUL bytes", "\u0000\u0000"],
      ["deep nesting", `${"[".repeat(5_000)}${"]".repeat(5_000)}`],
    ];

    test.each(POISON)("%s", async (_, raw) => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      const { keys } = rig.store;
      for (const queue of [keys.inbox(owner.agentId), keys.urgent(owner.agentId)]) {
        await rig.raw("RPUSH", queue, raw);
      }
      await rig.send("dev", "good");
      expect(await texts(rig, owner)).toEqual(["good"]);
      expect(await rig.list(keys.dead(owner.agentId))).toEqual([raw, raw]);
      expect((await rig.events()).filter((type) => type === "message_dead")).toHaveLength(2);
      expect(await rig.busy()).toEqual([]);
    });

    test("bytes that are no UTF-8", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      const key = rig.store.keys.inbox(owner.agentId);
      const pushBytes = "return redis.call('RPUSH', KEYS[1], '{\"id\":\"\\255\\254\"}')";
      await rig.raw("EVAL", pushBytes, 1, key);
      await rig.send("dev", "good");
      expect(await texts(rig, owner)).toEqual(["good"]);
      expect(await rig.list(rig.store.keys.dead(owner.agentId))).toHaveLength(1);
    });
  });

  describe("reads what tinytown 0.10 wrote:", () => {
    test("a task, with fields of its own", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      const raw = foreign({ description: "old", priority: "high", correlation_id: undefined });
      await rig.raw("RPUSH", rig.store.keys.inbox(owner.agentId), raw);
      const { message } = await rig.work(owner, "turn");
      expect(message).toMatchObject({ type: "task", text: "old", urgent: true });
      expect(message.createdAt.toISOString()).toBe("2025-01-31T12:00:00.123Z");
    });

    test.each(["informational", "confirmation", "task_done", "pong"])(
      "%s in the inbox becomes a note",
      async (type) => {
        await using rig = await storeRig();
        const owner = await rig.own("dev");
        const raw = foreign({ type, summary: "fyi", result: "fyi", task_id: newTaskId() });
        await rig.raw("RPUSH", rig.store.keys.inbox(owner.agentId), raw);
        await rig.send("dev", "work");
        const work = await rig.work(owner, "turn");
        expect(work.notes).toHaveLength(1);
        await rig.finish(owner, "turn", { action: "retry", outcome: "killed", counts: false });
        expect((await rig.work(owner, "again")).notes).toHaveLength(1);
      },
    );

    test("an urgent report about another agent's task leaves that task alone", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      const other = await rig.own("other");
      const { taskId } = await rig.assign("other", "theirs");
      await rig.work(other, "t1");
      const raw = foreign({ type: "task_done", task_id: taskId, priority: "urgent", result: "ok" });
      await rig.raw("RPUSH", rig.store.keys.urgent(owner.agentId), raw);
      expect(await rig.work(owner, "t2")).toMatchObject({ task: undefined, attempts: 1 });
      await rig.end(owner);
      expect((await rig.task(taskId)).state).toBe("running");
    });
  });

  test.each(["kill", "stop"] as const)("says that someone wants to %s the agent", async (how) => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "work");
    await requestEnd(rig.store, "Cannot", { agent: "dev", how });
    expect(await rig.take(owner)).toEqual({ kind: "wanted", wanted: how });
    expect(await rig.list(rig.store.keys.inbox(owner.agentId))).toHaveLength(1);
  });

  test("leaves a paused agent alone", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "work");
    await rig.raw("HSET", rig.store.keys.agent(owner.agentId), "state", "paused");
    expect(await rig.take(owner)).toEqual({ kind: "paused" });
  });

  test("waits before a retry, and then goes on", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "work");
    await rig.work(owner, "t1");
    await rig.finish(owner, "t1", { action: "retry", outcome: "failed", delayMs: 5_000 });
    const wait = await rig.take(owner, "t2");
    if (wait.kind !== "wait") throw new Error(`It is ${wait.kind}`);
    expect(wait.ms).toBeGreaterThan(4_000);
    expect(wait.ms).toBeLessThanOrEqual(5_000);
    await rig.raw("HSET", rig.store.keys.agent(owner.agentId), "retry_at", Date.now() - 1);
    expect(await rig.work(owner, "t3")).toMatchObject({ attempts: 2, round: 2 });
  });

  test("refuses an owner that has been replaced, and one whose agent is gone", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "work");
    await rig.adopt(owner.agentId, { hostId: HOST });
    expect(await rejection(rig.take(owner))).toMatchObject({ code: "E_FENCED" });
    await rig.raw("DEL", rig.store.keys.agent(owner.agentId));
    expect(await rejection(rig.take(owner))).toMatchObject({ code: "E_FENCED" });
    expect(await rig.list(rig.store.keys.inbox(owner.agentId))).toHaveLength(1);
  });

  test("keeps an agent that is draining in that state", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "work");
    await requestEnd(rig.store, "Cannot", { agent: "dev", how: "close" });
    await rig.work(owner, "turn");
    expect((await rig.agent(owner.agentId)).state).toBe("draining");
  });
});
