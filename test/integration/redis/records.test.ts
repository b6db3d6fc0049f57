import { describe, expect, test } from "bun:test";
import { newAgentId, newTaskId, SUPERVISOR_ID } from "../../../src/core/ids.ts";
import { agentEnv, agentRows, allAgentIds, CHUNK } from "../../../src/redis/agent-store.ts";
import { taskIds, taskRows, taskTotals } from "../../../src/redis/task-store.ts";
import { rejection } from "../../support/rejection.ts";
import { storeRig } from "../../support/store-rig.ts";

const MANY = 300;

describe("the records of agents", () => {
  test("come in chunks, in the order asked for, with their queues", async () => {
    await using rig = await storeRig();
    const names = Array.from({ length: MANY }, (_, n) => `dev-${n}`);
    const ids = await Promise.all(
      names.map(async (name) => (await rig.spawn(name, { maxAgents: MANY })).id),
    );
    await Promise.all(ids.map((id, n) => (n % 3 === 0 ? rig.assign(id, "work") : undefined)));
    const rows = await agentRows(rig.store, ids);
    expect(MANY).toBeGreaterThan(4 * CHUNK);
    expect(rows.map(({ agent }) => agent.name)).toEqual(names);
    expect(rows.map(({ inbox }) => inbox)).toEqual(ids.map((_, n) => Number(n % 3 === 0)));
    const all = await allAgentIds(rig.store);
    expect([...all]).toEqual(ids.toSorted());
  });

  test("count every queue", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    for (const text of ["first", "second", "third"]) await rig.send("dev", text);
    await rig.work(owner, "turn");
    for (const text of ["u1", "u2"]) await rig.send("dev", text, { urgent: true });
    await rig.send("dev", "by the way", { kind: "info" });
    expect(await agentRows(rig.store, [owner.agentId])).toMatchObject([
      { inbox: 2, urgent: 2, inFlight: 1, notes: 1, agent: { state: "working" } },
    ]);
  });

  test("leave out who has none", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    const rows = await agentRows(rig.store, [newAgentId(), id, SUPERVISOR_ID]);
    expect(rows.map(({ agent }) => agent.id)).toEqual([id]);
    expect(await agentRows(rig.store, [])).toEqual([]);
  });

  test("name variables but not their values", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev", { fields: { env: '{"TOKEN":"secret","A":"1"}' } });
    const agent = await rig.agent(id);
    expect(agent.envNames).toEqual(["A", "TOKEN"]);
    expect(JSON.stringify(agent)).not.toContain("secret");
    expect(await agentEnv(rig.store, id)).toEqual({ TOKEN: "secret", A: "1" });
    expect(await agentEnv(rig.store, newAgentId())).toEqual({});
  });

  test.each([
    ["created_at", "yesterday", "no time"],
    ["epoch", "first", "no number"],
    ["env", "{", "no JSON"],
    ["name", undefined, "missing"],
  ])("with a damaged %s name the key", async (field, value, words) => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    const key = rig.store.keys.agent(id);
    await (value === undefined ? rig.raw("HDEL", key, field) : rig.raw("HSET", key, field, value));
    const error = await rejection(agentRows(rig.store, [id]));
    expect(error).toMatchObject({ code: "E_CORRUPT_RECORD", key });
    expect(error.message).toContain(words);
  });
});

describe("the records of tasks", () => {
  test("come in chunks, in the order asked for, with the names of their agents", async () => {
    await using rig = await storeRig();
    await rig.spawn("one");
    await rig.spawn("two");
    const ids = Array.from({ length: MANY }, newTaskId);
    await Promise.all(
      ids.map((taskId, n) => rig.assign(n % 2 ? "one" : "two", `task ${n}`, { taskId })),
    );
    const rows = await taskRows(rig.store, ids);
    expect(rows.map(({ task }) => task.description)).toEqual(ids.map((_, n) => `task ${n}`));
    expect(rows.map(({ agentName }) => agentName)).toEqual(
      ids.map((_, n) => (n % 2 ? "one" : "two")),
    );
    expect([...(await taskIds(rig.store, "assigned"))]).toEqual(ids.toSorted());
    expect((await taskTotals(rig.store)).assigned).toBe(MANY);
  });

  test("name the conductor, and nobody where the agent is gone", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    const tasks = [await rig.assign("conductor", "a"), await rig.assign("dev", "b")];
    await rig.raw("DEL", rig.store.keys.agent(id));
    const rows = await taskRows(
      rig.store,
      tasks.map(({ taskId }) => taskId),
    );
    expect(rows.map(({ agentName }) => agentName)).toEqual(["conductor", undefined]);
  });

  test("leave out ids without one", async () => {
    await using rig = await storeRig();
    expect(await taskRows(rig.store, [newTaskId()])).toEqual([]);
    expect(await taskRows(rig.store, [])).toEqual([]);
  });
});
