import { describe, expect, test } from "bun:test";
import { asAgentId } from "../../../src/core/ids.ts";
import { isTerminalTaskState, TASK_STATES, TASK_TRANSITIONS } from "../../../src/core/task.ts";
import { closeTask, type TaskClosing, taskTotals } from "../../../src/redis/task-store.ts";
import { readControl } from "../../../src/redis/turn-store.ts";
import { freshTownName } from "../../support/redis.ts";
import { rejection } from "../../support/rejection.ts";
import { type StoreRig, storeRig } from "../../support/store-rig.ts";

const CLOSING_STATES = ["completed", "failed", "cancelled"] as const;

function close(rig: StoreRig, task: string, more: Partial<TaskClosing> = {}) {
  const closing = { task, state: "completed", text: "why", summary: "why", ...more } as const;
  return closeTask(rig.store, "Cannot close the task", closing);
}

/** A task in the given state, with everything around it as the scripts leave it. */
async function taskIn(rig: StoreRig, state: (typeof TASK_STATES)[number]): Promise<string> {
  const owner = await rig.own("dev");
  const { taskId } = await rig.assign("dev", "work");
  const { keys } = rig.store;
  switch (state) {
    case "assigned":
      break;
    case "running":
      await rig.work(owner, "turn");
      break;
    case "pending":
      await rig.raw("HSET", keys.task(taskId), "state", "pending");
      await rig.raw("HDEL", keys.task(taskId), "assigned_to");
      await rig.raw("ZREM", keys.tasks("assigned"), taskId);
      await rig.raw("ZADD", keys.tasks("pending"), 0, taskId);
      await rig.raw("SREM", keys.open(owner.agentId), taskId);
      break;
    default:
      await close(rig, taskId, { state });
  }
  return taskId;
}

describe("the close-task script", () => {
  const moves = TASK_STATES.flatMap((from) => CLOSING_STATES.map((to) => [from, to] as const));

  test.each(moves)("moves a task from %p to %p exactly where that is legal", async (from, to) => {
    await using rig = await storeRig();
    const id = await taskIn(rig, from);
    const legal = TASK_TRANSITIONS[from].includes(to);
    const outcome = await close(rig, id, { state: to }).catch((error: unknown) => error);
    if (legal) expect(outcome).toBe(id as never);
    else expect(outcome).toMatchObject({ code: "E_TASK_CLOSED" });
    const after = legal ? to : from;
    expect((await rig.task(id)).state).toBe(after);
    const totals = await taskTotals(rig.store);
    expect(totals).toMatchObject({ [after]: 1 });
    expect(Object.values(totals).reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  test.each(CLOSING_STATES)("keeps the text of a %s task where it belongs", async (state) => {
    await using rig = await storeRig();
    const id = await taskIn(rig, "assigned");
    const text = "line 1\nline 2 🏘️ \u0000";
    await close(rig, id, { state, text });
    const task = await rig.task(id);
    expect(task).toMatchObject({ outcome: "explicit", completedAt: expect.any(Date) });
    expect(task.result).toBe(state === "completed" ? text : undefined);
    expect(task.error).toBe(state === "completed" ? undefined : text);
    expect(await rig.events()).toContain(`task_${state}`);
  });

  test("rings the agent, so that a turn is ended or the queue is cleaned", async () => {
    await using rig = await storeRig();
    const id = await taskIn(rig, "running");
    const { assignedTo = "" } = await rig.task(id);
    await rig.raw("DEL", rig.store.keys.bell(assignedTo));
    await close(rig, id, { state: "cancelled" });
    expect(await rig.list(rig.store.keys.bell(assignedTo))).toEqual(["1"]);
  });

  test("says who decided it before, and why", async () => {
    await using rig = await storeRig();
    const id = await taskIn(rig, "running");
    await close(rig, id, { state: "failed", text: "no time" });
    const error = await rejection(close(rig, id, { state: "completed" }));
    expect(error.message).toContain("already failed (no time)");
  });

  test("is decided once by 32 parallel callers, and the others are told", async () => {
    const town = freshTownName();
    await using rig = await storeRig(town);
    const id = await taskIn(rig, "assigned");
    const rigs = await Promise.all(Array.from({ length: 32 }, () => storeRig(town)));
    const outcomes = await Promise.allSettled(
      rigs.map((each, n) => close(each, id, { text: `result ${n}` })),
    );
    for (const each of rigs) await each[Symbol.asyncDispose]();
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    const refused = outcomes.flatMap((o) => (o.status === "rejected" ? [o.reason] : []));
    expect(refused).toHaveLength(31);
    for (const error of refused) {
      expect(error).toMatchObject({ code: "E_TASK_CLOSED" });
      expect(error.message).toContain(`task ${id} is already completed`);
    }
    const task = await rig.task(id);
    expect(task.result).toBe(`result ${winner}`);
    expect((await rig.agent(asAgentId(task.assignedTo ?? ""))).tasksCompleted).toBe(1);
    expect((await rig.events()).filter((type) => type === "task_completed")).toHaveLength(1);
  });

  test("is decided once by parallel callers who disagree", async () => {
    await using rig = await storeRig();
    const id = await taskIn(rig, "running");
    const calls = Array.from({ length: 9 }, (_, n) =>
      close(rig, id, { state: CLOSING_STATES[n % 3] ?? "completed" }),
    );
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const ends = (await rig.events()).filter((type) => /^task_(completed|failed|canc)/.test(type));
    expect(ends).toHaveLength(1);
  });

  test("lets the turn that works on it go on, and what it ends with has no effect", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    await rig.work(owner, "turn");
    await close(rig, taskId, { text: "by hand" });
    expect(await readControl(rig.store, owner)).toEqual({ wanted: "", taskState: "completed" });
    expect((await rig.agent(owner.agentId)).state).toBe("working");
    expect(await rig.busy()).toEqual([owner.agentId]);
    await rig.finish(owner, "turn", { action: "fail", outcome: "timeout", text: "late" });
    expect(await rig.task(taskId)).toMatchObject({ state: "completed", result: "by hand" });
    expect(await rig.list(rig.store.keys.dead(owner.agentId))).toEqual([]);
    expect(await rig.busy()).toEqual([]);
  });

  test("frees the agent even if its owner has lost the turn that worked on it", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    await rig.work(owner, "lost turn");
    await close(rig, taskId);
    expect(await rig.take(owner, "another turn")).toEqual({ kind: "nothing" });
    expect((await rig.agent(owner.agentId)).state).toBe("idle");
    expect(await rig.busy()).toEqual([]);
  });

  test("gives the notes back when the turn that it cuts short had them", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    await rig.send("dev", "by the way", { kind: "info" });
    await rig.work(owner, "turn");
    await close(rig, taskId, { state: "cancelled" });
    await rig.finish(owner, "turn", { action: "retry", outcome: "killed", counts: false });
    expect(await rig.busy()).toEqual([]);
    await rig.send("dev", "and now this");
    expect((await rig.work(owner, "next")).notes.map(({ text }) => text)).toEqual(["by the way"]);
  });

  test("takes a task that waits out of the agent's way", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    const next = await rig.assign("dev", "next");
    await close(rig, taskId, { state: "cancelled" });
    expect((await rig.work(owner, "turn")).task?.id).toBe(next.taskId);
    expect((await rig.agent(owner.agentId)).tasksCompleted).toBe(0);
  });

  test("gives the same answer to a call that is sent again", async () => {
    await using rig = await storeRig();
    const id = await taskIn(rig, "running");
    const once = { requestId: crypto.randomUUID() };
    expect(await close(rig, id, once)).toBe(id as never);
    expect(await close(rig, id, once)).toBe(id as never);
    expect((await rig.events()).filter((type) => type === "task_completed")).toHaveLength(1);
  });

  test.each([
    ["ffffffff", "E_TASK_NOT_FOUND"],
    ["", "E_TASK_NOT_FOUND"],
  ])("refuses the task %p", async (ref, code) => {
    await using rig = await storeRig();
    await taskIn(rig, "running");
    expect(await rejection(close(rig, ref))).toMatchObject({ code });
  });

  test("closes a task of the conductor", async () => {
    await using rig = await storeRig();
    const { taskId } = await rig.assign("conductor", "decide");
    await close(rig, taskId.slice(0, 13));
    expect((await rig.task(taskId)).state).toBe("completed");
    expect(await rig.busy()).toEqual([]);
  });
});

test("the states that end a task are those it cannot leave", () => {
  for (const state of TASK_STATES) {
    expect(isTerminalTaskState(state)).toBe(TASK_TRANSITIONS[state].length === 0);
  }
});
