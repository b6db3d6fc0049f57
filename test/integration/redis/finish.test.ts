import { describe, expect, test } from "bun:test";
import { requestEnd } from "../../../src/redis/agent-store.ts";
import { closeTask } from "../../../src/redis/task-store.ts";
import { rejection } from "../../support/rejection.ts";
import { type StoreRig, storeRig } from "../../support/store-rig.ts";

const RETRY = { action: "retry", outcome: "failed", text: "exit code 1" } as const;
const FAIL = { action: "fail", outcome: "failed", text: "exit code 1" } as const;

async function cancel(rig: StoreRig, task: string): Promise<void> {
  await closeTask(rig.store, "Cannot", { task, state: "cancelled", text: "no", summary: "no" });
}

describe("the finish script", () => {
  test("completes the task and frees the agent in one step", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    await rig.work(owner, "turn");
    const text = "the answer\n🏘️ with \u0000 lines";
    await rig.finish(owner, "turn", { text, sessionId: "s1" });
    expect(await rig.task(taskId)).toMatchObject({
      state: "completed",
      result: text,
      outcome: "done",
      attempts: 1,
    });
    expect((await rig.task(taskId)).completedAt).toBeDate();
    expect(await rig.agent(owner.agentId)).toMatchObject({
      state: "idle",
      currentTask: undefined,
      tasksCompleted: 1,
      roundsCompleted: 1,
      sessionId: "s1",
    });
    expect(await rig.busy()).toEqual([]);
    expect(await rig.list(rig.store.keys.inflight(owner.agentId))).toEqual([]);
    expect((await rig.events()).slice(-2)).toEqual(["task_completed", "agent_state_changed"]);
  });

  test("is done once for one turn", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "one");
    await rig.assign("dev", "two");
    await rig.work(owner, "t1");
    await Promise.all([1, 2, 3].map(() => rig.finish(owner, "t1")));
    await rig.work(owner, "t2");
    await rig.finish(owner, "t1", FAIL);
    expect(await rig.agent(owner.agentId)).toMatchObject({ state: "working", roundsCompleted: 1 });
    expect((await rig.events()).filter((type) => type === "task_completed")).toHaveLength(1);
  });

  test("stays busy while there is more to do", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "one");
    await rig.assign("dev", "two");
    await rig.work(owner, "t1");
    await rig.finish(owner, "t1");
    expect(await rig.busy()).toEqual([owner.agentId]);
  });

  describe("to try again", () => {
    test("gives the task back to the head of its queue, with what went along", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      const { taskId } = await rig.assign("dev", "one");
      await rig.assign("dev", "two");
      await rig.send("dev", "fyi", { kind: "info" });
      await rig.work(owner, "t1");
      await rig.finish(owner, "t1", RETRY);
      expect(await rig.task(taskId)).toMatchObject({
        state: "assigned",
        attempts: 1,
        lastFailure: "exit code 1",
      });
      const again = await rig.work(owner, "t2");
      expect(again).toMatchObject({ attempts: 2, round: 2 });
      expect(again.task?.id).toBe(taskId);
      expect(again.notes.map(({ text }) => text)).toEqual(["fyi"]);
      expect(await rig.events()).toContain("task_requeued");
    });

    test("gives an urgent message back to the urgent queue and counts its turns", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      await rig.send("dev", "normal");
      await rig.send("dev", "now", { urgent: true });
      await rig.work(owner, "t1");
      await rig.finish(owner, "t1", RETRY);
      const again = await rig.work(owner, "t2");
      expect(again).toMatchObject({ attempts: 2 });
      expect(again.message.text).toBe("now");
    });

    test("keeps the order of notes over several attempts", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      await rig.assign("dev", "work");
      for (const text of ["1", "2"]) await rig.send("dev", text, { kind: "info" });
      await rig.work(owner, "t1");
      await rig.send("dev", "3", { kind: "info" });
      await rig.finish(owner, "t1", RETRY);
      const { notes } = await rig.work(owner, "t2");
      expect(notes.map(({ text }) => text)).toEqual(["1", "2", "3"]);
    });

    test.each(["task", "message"] as const)(
      "uncounts a turn that ended a %s's turn itself",
      async (kind) => {
        await using rig = await storeRig();
        const owner = await rig.own("dev");
        if (kind === "task") await rig.assign("dev", "work");
        else await rig.send("dev", "work");
        for (const turn of ["t1", "t2", "t3"]) {
          expect((await rig.work(owner, turn)).attempts).toBe(1);
          await rig.finish(owner, turn, { ...RETRY, outcome: "killed", counts: false });
        }
      },
    );
  });

  describe("for good", () => {
    test("fails the task and puts its message aside", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      const { taskId } = await rig.assign("dev", "work");
      await rig.work(owner, "turn");
      await rig.finish(owner, "turn", FAIL);
      expect(await rig.task(taskId)).toMatchObject({
        state: "failed",
        error: "exit code 1",
        outcome: "failed",
        result: undefined,
      });
      expect(await rig.list(rig.store.keys.dead(owner.agentId))).toHaveLength(1);
      expect(await rig.agent(owner.agentId)).toMatchObject({ state: "idle", tasksCompleted: 0 });
      expect(await rig.busy()).toEqual([]);
    });

    test("puts a message aside and forgets its attempts", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev");
      await rig.send("dev", "work");
      await rig.work(owner, "turn");
      await rig.finish(owner, "turn", FAIL);
      expect(await rig.list(rig.store.keys.dead(owner.agentId))).toHaveLength(1);
      expect(await rig.store.port.hashGetAll(rig.store.keys.attempts)).toEqual({});
      expect(await rig.events()).toContain("message_dead");
    });
  });

  test("answers a message and forgets its attempts", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.send("dev", "why?", { kind: "query" });
    await rig.work(owner, "turn");
    await rig.finish(owner, "turn");
    expect(await rig.events()).toContain("message_answered");
    expect(await rig.store.port.hashGetAll(rig.store.keys.attempts)).toEqual({});
    expect(await rig.busy()).toEqual([]);
  });

  describe("leaves a task alone that was decided during the turn:", () => {
    test.each(["completed", "failed", "cancelled"] as const)("%s", async (state) => {
      for (const end of [{}, RETRY, FAIL]) {
        await using rig = await storeRig();
        const owner = await rig.own("dev");
        const { taskId } = await rig.assign("dev", "work");
        await rig.work(owner, "turn");
        const decision = { task: taskId, state, text: "by the agent", summary: "" };
        await closeTask(rig.store, "Cannot", decision);
        await rig.finish(owner, "turn", end);
        const task = await rig.task(taskId);
        expect(task).toMatchObject({ state, outcome: "explicit" });
        expect(state === "completed" ? task.result : task.error).toBe("by the agent");
        expect(await rig.list(rig.store.keys.inbox(owner.agentId))).toEqual([]);
        expect(await rig.list(rig.store.keys.dead(owner.agentId))).toEqual([]);
        expect((await rig.agent(owner.agentId)).tasksCompleted).toBe(state === "completed" ? 1 : 0);
        expect(await rig.busy()).toEqual([]);
      }
    });
  });

  test("refuses an owner that has been replaced", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    await rig.work(owner, "turn");
    await rig.adopt(owner.agentId);
    expect(await rejection(rig.finish(owner, "turn"))).toMatchObject({ code: "E_FENCED" });
    expect((await rig.task(taskId)).state).toBe("assigned");
  });

  test("ends the agent after its last round, and keeps what is left to do", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev", { fields: { max_rounds: "2" } });
    for (const text of ["one", "two", "three"]) await rig.assign("dev", text);
    for (const turn of ["t1", "t2"]) {
      await rig.work(owner, turn);
      await rig.finish(owner, turn);
    }
    expect(await rig.take(owner)).toEqual({ kind: "wanted", wanted: "rounds" });
    await rig.end(owner, { state: "stopped", reason: "", by: "" });
    expect((await rig.agent(owner.agentId)).reason).toBe("used its 2 rounds");
    expect(await rig.list(rig.store.keys.inbox(owner.agentId))).toHaveLength(1);
  });

  test("ends an agent that drains when its last work is done", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    for (const text of ["one", "two"]) await rig.assign("dev", text);
    await rig.work(owner, "t1");
    await requestEnd(rig.store, "Cannot", { agent: "dev", how: "close" });
    await rig.finish(owner, "t1");
    await rig.work(owner, "t2");
    await rig.finish(owner, "t2");
    expect(await rig.take(owner)).toEqual({ kind: "wanted", wanted: "close" });
  });

  test("ends an agent that drains when the last of its work is cancelled", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "one");
    const { taskId } = await rig.assign("dev", "two");
    await rig.work(owner, "t1");
    await requestEnd(rig.store, "Cannot", { agent: "dev", how: "close" });
    await rig.finish(owner, "t1");
    await cancel(rig, taskId);
    expect(await rig.take(owner)).toEqual({ kind: "wanted", wanted: "close" });
  });

  test.each([
    ["keeps", undefined, "s1"],
    ["changes", "s2", "s2"],
    ["forgets", null, undefined],
  ])("%s the conversation", async (_, sessionId, expected) => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    for (const [turn, session] of [
      ["t1", "s1"],
      ["t2", sessionId],
    ] as const) {
      await rig.assign("dev", turn);
      await rig.work(owner, turn);
      await rig.finish(owner, turn, { sessionId: session });
    }
    expect((await rig.agent(owner.agentId)).sessionId).toBe(expected);
  });
});
