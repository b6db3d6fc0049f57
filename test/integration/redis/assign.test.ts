import { describe, expect, test } from "bun:test";
import { asTaskId, newTaskId, SUPERVISOR_ID } from "../../../src/core/ids.ts";
import { requestEnd } from "../../../src/redis/agent-store.ts";
import { decodeMessage } from "../../../src/redis/message-codec.ts";
import { resolveTask, taskIds, taskTotals } from "../../../src/redis/task-store.ts";
import { rejection } from "../../support/rejection.ts";
import { HOST, storeRig } from "../../support/store-rig.ts";

const NASTY = 'ünïcödé 🏘️ "quoted" \\ back\nline\r\n\ttab \u0000 nul \u2028 {"json": [] }';

describe("the assign script", () => {
  test("creates the task, its message and the notice in one step", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    await rig.raw("DEL", rig.store.keys.bell(id));
    const more = { tags: ["a", "b"], context: ["README.md"], run: "r1", key: "k1" };
    const assignment = await rig.assign("DEV", NASTY, more);
    expect(assignment).toMatchObject({
      agentId: id,
      agentName: "dev",
      existing: false,
      state: "assigned",
      hostId: HOST,
    });
    expect(await rig.task(assignment.taskId)).toMatchObject({
      description: NASTY,
      state: "assigned",
      assignedTo: id,
      tags: ["a", "b"],
      context: ["README.md"],
      run: "r1",
      key: "k1",
      attempts: 0,
    });
    const [raw = ""] = await rig.list(rig.store.keys.inbox(id));
    expect(decodeMessage("inbox", raw)).toMatchObject({
      type: "task_assign",
      taskId: assignment.taskId,
      from: SUPERVISOR_ID,
      to: id,
      urgent: false,
    });
    expect(await rig.busy()).toEqual([id]);
    expect(await rig.list(rig.store.keys.bell(id))).toEqual(["1"]);
    expect(await rig.events()).toEqual(["agent_spawned", "task_assigned"]);
  });

  test("keeps a megabyte of text", async () => {
    await using rig = await storeRig();
    await rig.spawn("dev");
    const text = "0123456789abcdé".repeat(65_536);
    const { taskId } = await rig.assign("dev", text);
    expect((await rig.task(taskId)).description === text).toBe(true);
  });

  test("is done once for one task id, by 32 parallel callers", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    const taskId = newTaskId();
    const calls = Array.from({ length: 32 }, () => rig.assign("dev", "work", { taskId }));
    const results = await Promise.all(calls);
    expect(results.filter(({ existing }) => !existing)).toHaveLength(1);
    expect(new Set(results.map((result) => result.taskId))).toEqual(new Set([taskId]));
    expect(await rig.list(rig.store.keys.inbox(id))).toHaveLength(1);
  });

  test("is done once for one run and key, by 32 parallel callers", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    const identity = { run: "r1", key: "assign:dev:1" };
    const calls = Array.from({ length: 32 }, () => rig.assign("dev", "work", identity));
    const results = await Promise.all(calls);
    expect(results.filter(({ existing }) => !existing)).toHaveLength(1);
    expect(new Set(results.map(({ taskId }) => taskId)).size).toBe(1);
    expect(await rig.list(rig.store.keys.inbox(id))).toHaveLength(1);
    expect((await taskTotals(rig.store)).assigned).toBe(1);
  });

  test("finds the task of a run and key again in whatever state", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const identity = { run: "r1", key: "k" };
    const { taskId } = await rig.assign("dev", "work", identity);
    await rig.work(owner, "turn");
    await rig.finish(owner, "turn");
    await rig.end(owner);
    expect(await rig.assign("dev", "work", identity)).toMatchObject({
      taskId,
      existing: true,
      state: "completed",
      agentName: "dev",
    });
  });

  test("takes other runs, other keys and tasks without a run for other tasks", async () => {
    await using rig = await storeRig();
    await rig.spawn("dev");
    const tasks = [
      await rig.assign("dev", "work", { run: "r1", key: "k" }),
      await rig.assign("dev", "work", { run: "r1", key: "k2" }),
      await rig.assign("dev", "work", { run: "r2", key: "k" }),
      await rig.assign("dev", "work"),
      await rig.assign("dev", "work"),
    ];
    expect(new Set(tasks.map(({ taskId }) => taskId)).size).toBe(5);
  });

  test("refuses a full inbox but takes urgent work up to a limit of its own", async () => {
    await using rig = await storeRig();
    await rig.spawn("dev");
    const limit = { queueLimit: 2 };
    await rig.assign("dev", "1", limit);
    await rig.assign("dev", "2", limit);
    const error = await rejection(rig.assign("dev", "3", limit));
    expect(error).toMatchObject({ code: "E_INBOX_FULL" });
    expect(error.message).toContain('"dev" is full (2 messages)');
    await rig.assign("dev", "4", { ...limit, urgent: true });
    expect((await taskTotals(rig.store)).assigned).toBe(3);
  });

  test("answers a call that is sent again although the inbox is full by now", async () => {
    await using rig = await storeRig();
    await rig.spawn("dev");
    const once = { queueLimit: 1, taskId: newTaskId() };
    await rig.assign("dev", "1", once);
    expect(await rig.assign("dev", "1", once)).toMatchObject({ existing: true });
  });

  test.each(["nobody", "abcd", "", "x".repeat(200)])("refuses the agent %p", async (ref) => {
    await using rig = await storeRig();
    await rig.spawn("dev");
    const error = await rejection(rig.assign(ref, "work"));
    expect(error).toMatchObject({ code: "E_AGENT_NOT_FOUND", hint: expect.any(String) });
    expect((await taskTotals(rig.store)).assigned).toBe(0);
  });

  test.each(["stopped", "cold", "error"] as const)("refuses an agent that is %s", async (state) => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.end(owner, { state, reason: "no CLI", by: "" });
    const error = await rejection(rig.assign("dev", "work"));
    expect(error).toMatchObject({ code: "E_AGENT_STOPPED", hint: "tt spawn dev starts it again" });
    expect(error.message).toContain(`${state} (no CLI)`);
    expect(await rig.busy()).toEqual([]);
  });

  test("refuses an agent that is draining", async () => {
    await using rig = await storeRig();
    await rig.own("dev");
    await rig.assign("dev", "work");
    await requestEnd(rig.store, "Cannot close", { agent: "dev", how: "close" });
    expect(await rejection(rig.assign("dev", "more"))).toMatchObject({ code: "E_AGENT_STOPPED" });
  });

  test("links a parent task by any reference and refuses one that is not there", async () => {
    await using rig = await storeRig();
    await rig.spawn("dev");
    const { taskId } = await rig.assign("dev", "epic");
    const child = await rig.assign("dev", "part", { parent: taskId.slice(0, 18) });
    expect((await rig.task(child.taskId)).parentId).toBe(taskId);
    expect(await rejection(rig.assign("dev", "part", { parent: "ffffffff" }))).toMatchObject({
      code: "E_TASK_NOT_FOUND",
    });
    expect(await rig.list(rig.store.keys.inbox(child.agentId))).toHaveLength(2);
  });

  test("puts a task for the conductor into its mailbox, which is no busy agent", async () => {
    await using rig = await storeRig();
    const { taskId } = await rig.assign("conductor", "decide");
    expect(await rig.list(rig.store.keys.inbox(SUPERVISOR_ID))).toHaveLength(1);
    expect((await rig.task(taskId)).assignedTo).toBe(SUPERVISOR_ID);
    expect(await rig.busy()).toEqual([]);
  });
});

describe("a task", () => {
  test("is found by its id and a unique start of it", async () => {
    await using rig = await storeRig();
    await rig.spawn("dev");
    const { taskId } = await rig.assign("dev", "work");
    for (const ref of [taskId, taskId.toUpperCase(), taskId.slice(0, 4)]) {
      expect(await resolveTask(rig.store, "Cannot", ref)).toBe(taskId);
    }
  });

  test("is not found by a start that fits several, in whatever states they are", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const ids = ["1", "2"].map((n) => asTaskId(`01900000-0000-7000-8000-00000000000${n}`));
    for (const taskId of ids) await rig.assign("dev", "work", { taskId });
    await rig.work(owner, "turn");
    await rig.finish(owner, "turn");
    const error = await rejection(resolveTask(rig.store, "Cannot find", "01900000"));
    expect(error).toMatchObject({ code: "E_AMBIGUOUS" });
    for (const id of ids) expect(error.message).toContain(id);
  });

  test.each(["nothing", "019", "", "zzzz"])("is not found by %p", async (ref) => {
    await using rig = await storeRig();
    await rig.spawn("dev");
    await rig.assign("dev", "work");
    expect(await rejection(resolveTask(rig.store, "Cannot", ref))).toMatchObject({
      code: "E_TASK_NOT_FOUND",
    });
  });

  test("is listed in the order of creation", async () => {
    await using rig = await storeRig();
    await rig.spawn("dev");
    const ids: string[] = [];
    for (let n = 0; n < 20; n++) ids.push((await rig.assign("dev", `${n}`)).taskId);
    expect((await taskIds(rig.store, "assigned")).map(String)).toEqual(ids);
  });
});
