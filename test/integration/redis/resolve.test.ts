import { describe, expect, test } from "bun:test";
import { asAgentId, newAgentId, SUPERVISOR_ID } from "../../../src/core/ids.ts";
import { resolveAgents } from "../../../src/redis/agent-store.ts";
import { closeTask, resolveTask } from "../../../src/redis/task-store.ts";
import { rejection } from "../../support/rejection.ts";
import { storeRig } from "../../support/store-rig.ts";

/** An id with that beginning. */
function idFrom(start: string) {
  return asAgentId(start + newAgentId().slice(start.length));
}

describe("references to agents", () => {
  test("are resolved in the order given, one by one", async () => {
    await using rig = await storeRig();
    const one = await rig.spawn("one");
    const two = await rig.spawn("two", { nickname: "second" });
    const refs = ["second", "one", "conductor", "two", "ONE"];
    const ids = [two.id, one.id, SUPERVISOR_ID, two.id, one.id];
    expect(await resolveAgents(rig.store, "Cannot wait", refs)).toEqual(ids);
    expect(await resolveAgents(rig.store, "Cannot wait", [])).toEqual([]);
  });

  test("are refused by the first that names nobody", async () => {
    await using rig = await storeRig();
    await rig.spawn("one");
    const error = await rejection(resolveAgents(rig.store, "Cannot wait", ["one", "Tow", "no"]));
    expect(error.message).toBe('Cannot wait: no agent "Tow"');
  });

  test("mean a name before the start of an id", async () => {
    await using rig = await storeRig();
    await rig.spawn("other", { id: idFrom("cafe") });
    const cafe = await rig.spawn("cafe");
    const latte = await rig.spawn("latte", { id: idFrom("beef"), nickname: "beef1" });
    expect(await resolveAgents(rig.store, "Cannot", ["cafe"])).toEqual([cafe.id]);
    expect(await resolveAgents(rig.store, "Cannot", ["beef", "beef1"])).toEqual([
      latte.id,
      latte.id,
    ]);
  });

  test("need four characters of an id, and as many as it takes to tell two apart", async () => {
    await using rig = await storeRig();
    const [one, two] = [idFrom("abcd1"), idFrom("abcd2")];
    await rig.spawn("one", { id: one });
    await rig.spawn("two", { id: two });
    const ask = (ref: string) => resolveAgents(rig.store, "Cannot find", [ref]);
    expect(await rejection(ask("abc"))).toMatchObject({ code: "E_AGENT_NOT_FOUND" });
    expect(await rejection(ask("ABCD"))).toMatchObject({
      code: "E_AMBIGUOUS",
      message: `Cannot find: "ABCD" fits more than one: ${one}, ${two}`,
    });
    expect(await ask("ABCD1")).toEqual([one]);
    expect(await ask(two)).toEqual([two]);
    expect(await rejection(ask(`${two}0`))).toMatchObject({ code: "E_AGENT_NOT_FOUND" });
  });

  test("find an agent that has ended", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.end(owner);
    expect(await resolveAgents(rig.store, "Cannot", ["dev"])).toEqual([owner.agentId]);
  });
});

describe("references to tasks", () => {
  test("find a task in whatever state it is", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const { taskId } = await rig.assign("dev", "work");
    const find = () => resolveTask(rig.store, "Cannot", taskId.slice(0, 18).toUpperCase());
    expect(await find()).toBe(taskId);
    await rig.work(owner, "turn");
    expect(await find()).toBe(taskId);
    await closeTask(rig.store, "Cannot", { task: taskId, state: "failed", text: "", summary: "" });
    expect(await find()).toBe(taskId);
  });

  test("are no names of agents, and the other way round", async () => {
    await using rig = await storeRig();
    await rig.spawn("dev");
    const { taskId } = await rig.assign("dev", "work");
    expect(await rejection(resolveTask(rig.store, "Cannot", "dev"))).toMatchObject({
      code: "E_TASK_NOT_FOUND",
      message: 'Cannot: no task "dev"',
    });
    expect(await rejection(resolveAgents(rig.store, "Cannot", [taskId]))).toMatchObject({
      code: "E_AGENT_NOT_FOUND",
    });
  });
});
