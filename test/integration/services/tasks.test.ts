import { describe, expect, test } from "bun:test";
import {
  closeAgent,
  getAgent,
  killAgent,
  listAgents,
  registerAgent,
} from "../../../src/services/agents.ts";
import { sendMessage } from "../../../src/services/messages.ts";
import { getStatus } from "../../../src/services/status.ts";
import {
  assignTask,
  cancelTask,
  completeTask,
  currentTask,
  failTask,
  getTask,
  listTasks,
} from "../../../src/services/tasks.ts";
import { control } from "../../../src/services/turns.ts";
import { handHost } from "../../support/hand-host.ts";
import { rejection } from "../../support/rejection.ts";
import { testTown } from "../../support/town.ts";
import { waitFor } from "../../support/wait-for.ts";

describe("assignTask()", () => {
  test("records who gave the task, on whose behalf", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const { agentId } = await host.own("lead");
    const dev = await host.own("dev");
    const inside = { ...rig.town, env: { ...rig.env, agentId } };
    await assignTask(inside, { agent: "dev", description: "x" });
    expect((await host.turn(dev)).work.message.from).toBe(agentId);
  });

  test.each(["", " \n "])("refuses the empty text %p", async (description) => {
    await using rig = await testTown();
    const error = await rejection(assignTask(rig.town, { agent: "dev", description }));
    expect(error).toMatchObject({ code: "E_USAGE" });
  });

  test("gives the same task for the same run and key", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    await host.own("dev");
    const input = { agent: "dev", description: "x", run: "r", key: "k" };
    const first = await assignTask(rig.town, input);
    expect(await assignTask(rig.town, input)).toEqual({ ...first, existing: true });
    expect(await listTasks(rig.town)).toHaveLength(1);
  });
});

describe("listTasks()", () => {
  test("filters by state, agent and tag, oldest first", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const [ann] = [await host.own("ann"), await host.own("bob")];
    const inputs = [
      { agent: "ann", description: "1", tags: ["a"] },
      { agent: "bob", description: "2", tags: ["a", "b"] },
      { agent: "ann", description: "3", tags: ["b"] },
      { agent: "conductor", description: "4" },
    ];
    for (const input of inputs) await assignTask(rig.town, input);
    await (await host.turn(ann)).done();
    const texts = async (filter: Parameters<typeof listTasks>[1]) =>
      (await listTasks(rig.town, filter)).map(({ description }) => description);
    expect(await texts({})).toEqual(["1", "2", "3", "4"]);
    expect(await texts({ state: "assigned" })).toEqual(["2", "3", "4"]);
    expect(await texts({ agent: "ann" })).toEqual(["1", "3"]);
    expect(await texts({ agent: "supervisor" })).toEqual(["4"]);
    expect(await texts({ tag: "b" })).toEqual(["2", "3"]);
    expect(await texts({ tag: "b", agent: "ann", state: "completed" })).toEqual([]);
    expect(await texts({ limit: 2 })).toEqual(["3", "4"]);
    expect((await listTasks(rig.town)).map(({ agentName }) => agentName)).toEqual([
      ...["ann", "bob", "ann", "conductor"],
    ]);
    expect(await rejection(listTasks(rig.town, { agent: "nobody" }))).toMatchObject({
      code: "E_AGENT_NOT_FOUND",
    });
  });
});

describe("currentTask()", () => {
  test("is what the agent works on, else its only open one", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const owner = await host.own("dev");
    const inside = { ...rig.town, env: { ...rig.env, agentId: owner.agentId } };
    expect(await currentTask(inside, undefined)).toBeUndefined();
    const first = await assignTask(rig.town, { agent: "dev", description: "1" });
    expect(await currentTask(inside, undefined)).toMatchObject({ id: first.taskId });
    await assignTask(rig.town, { agent: "dev", description: "2" });
    expect(await currentTask(rig.town, "dev")).toBeUndefined();
    const turn = await host.turn(owner);
    expect(await currentTask(rig.town, "dev")).toMatchObject({ id: first.taskId });
    await turn.done();
    expect(await currentTask(rig.town, "dev")).toMatchObject({ description: "2" });
  });

  test("needs an agent", async () => {
    await using rig = await testTown();
    expect(await rejection(currentTask(rig.town, undefined))).toMatchObject({ code: "E_USAGE" });
  });
});

describe("a task", () => {
  test.each([
    ["completed", completeTask, "result"],
    ["failed", failTask, "error"],
    ["cancelled", cancelTask, "error"],
  ] as const)("can be decided once: %s", async (state, decide, field) => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    await host.own("dev");
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: "x" });
    const input = { task: taskId.slice(0, 20), result: "text", reason: "text" };
    expect(await decide(rig.town, input)).toMatchObject({ id: taskId, state, [field]: "text" });
    const again = await rejection(decide(rig.town, input));
    expect(again).toMatchObject({ code: "E_TASK_CLOSED" });
    expect(again.message).toContain(`already ${state}`);
    expect(await getTask(rig.town, taskId)).toMatchObject({ state });
  });
});

describe("agents", () => {
  test("are listed in the order of their creation and found by any reference", async () => {
    await using rig = await testTown();
    const names = ["zoe", "ann", "bob", "yan", "cyd"];
    await Promise.all(
      names.map((name) => registerAgent(rig.town, { name, nickname: `${name}-x` })),
    );
    const agents = await listAgents(rig.town);
    expect(agents.map(({ name }) => name)).toEqual(names);
    for (const { id, name } of agents) {
      for (const ref of [name, `${name}-X`, id, id.slice(0, 8)]) {
        expect((await getAgent(rig.town, ref)).id).toBe(id);
      }
    }
    for (const ref of ["nobody", "conductor"]) {
      const error = await rejection(getAgent(rig.town, ref));
      expect(error).toMatchObject({ code: "E_AGENT_NOT_FOUND", hint: expect.any(String) });
    }
  });

  test.each([
    ["../evil", "E_USAGE"],
    ["conductor", "E_USAGE"],
    ["All", "E_USAGE"],
    ["", "E_USAGE"],
  ])("cannot be called %p", async (name, code) => {
    await using rig = await testTown();
    expect(await rejection(registerAgent(rig.town, { name }))).toMatchObject({ code });
  });

  test("need at least one round", async () => {
    await using rig = await testTown();
    const error = await rejection(registerAgent(rig.town, { name: "dev", maxRounds: 0 }));
    expect(error).toMatchObject({ code: "E_USAGE" });
  });

  test.each([
    [{}, { cli: "sim", model: undefined }],
    [
      { cli: "codex", model: "big" },
      { cli: "codex", model: "big" },
    ],
    [{ model: "claude" }, { cli: "claude", model: undefined }],
    [{ model: "mine" }, { cli: "mine", model: undefined }],
    [{ model: "big" }, { cli: "sim", model: "big" }],
  ])("asked for as %p run %p", async (input, expected) => {
    await using rig = await testTown({ config: '[agent_clis.mine]\ncommand = "cat"' });
    const { id } = await registerAgent(rig.town, { name: "dev", ...input });
    expect(await getAgent(rig.town, id)).toMatchObject(expected);
  });

  test("can be ended by name, and only once", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const owner = await host.own("dev");
    const killing = killAgent(rig.town, { agent: "DEV", reason: "enough", timeoutMs: 5_000 });
    await waitFor(async () => (await control(rig.town, owner)).wanted === "kill", {
      what: "a kill",
    });
    await host.end(owner, { reason: "" });
    expect(await killing).toMatchObject({ state: "stopped", reason: "enough" });
    expect(await killAgent(rig.town, { agent: "dev" })).toMatchObject({ state: "stopped" });
    expect(await closeAgent(rig.town, { agent: "dev" })).toMatchObject({ state: "stopped" });
  });

  test("that do not end in time are named", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    await host.own("dev");
    const error = await rejection(killAgent(rig.town, { agent: "dev", timeoutMs: 10 }));
    expect(error).toMatchObject({
      code: "E_TIMEOUT",
      message: 'Agent "dev" has not ended in time',
    });
  });
});

describe("getStatus()", () => {
  test("shows agents, queues, tasks and totals", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const owner = await host.own("dev");
    await host.own("idle");
    const one = await assignTask(rig.town, { agent: "dev", description: "one" });
    await assignTask(rig.town, { agent: "dev", description: "two" });
    await sendMessage(rig.town, { to: "dev", text: "why?", kind: "query" });
    await sendMessage(rig.town, { to: "dev", text: "fyi", kind: "info" });
    await host.turn(owner);
    const status = await getStatus(rig.town, { deep: true });
    expect(status).toMatchObject({
      town: rig.town.name,
      root: rig.root,
      host: { live: true, pid: process.pid },
      totals: { assigned: 1, running: 1, completed: 0, total: 2 },
    });
    const [dev, idle] = status.agents;
    expect(dev).toMatchObject({
      name: "dev",
      state: "working",
      inbox: 2,
      currentTask: one.taskId,
      currentTaskDescription: "one",
      counts: { task: 1, query: 1 },
    });
    expect(dev?.recent[0]?.type).toBe("agent_state_changed");
    expect(idle).toMatchObject({ name: "idle", state: "idle", inbox: 0 });
    expect(status.tasks.map(({ description }) => description)).toEqual(["one", "two"]);
  });

  test("shows a town without anything", async () => {
    await using rig = await testTown();
    const status = await getStatus(rig.town);
    expect(status).toMatchObject({ agents: [], tasks: [], totals: { total: 0 } });
    expect(status.host).toEqual({ live: false, pid: undefined });
  });

  test("shows a town although some message in it cannot be read", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const { agentId } = await host.own("dev");
    const { store } = rig.town;
    await store.port.command("RPUSH", [store.keys.inbox(agentId), "{broken"]);
    expect((await getStatus(rig.town)).agents[0]).toMatchObject({ name: "dev", inbox: 1 });
  });

  test("shows the newest 100 of many tasks, and what an agent works on whatever its age", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const owner = await host.own("dev");
    await assignTask(rig.town, { agent: "dev", description: "task 0" });
    await host.turn(owner);
    for (let n = 1; n < 130; n++) {
      await assignTask(rig.town, { agent: "dev", description: `task ${n}` });
    }
    const { tasks, totals, agents } = await getStatus(rig.town);
    expect(totals.total).toBe(130);
    expect(tasks).toHaveLength(100);
    expect(tasks.at(-1)?.description).toBe("task 129");
    expect(agents[0]?.currentTaskDescription).toBe("task 0");
  });
});
