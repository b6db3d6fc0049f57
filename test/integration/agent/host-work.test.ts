import { describe, expect, test } from "bun:test";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newTaskId } from "../../../src/core/ids.ts";
import { closeAgent, getAgent, spawnAgent } from "../../../src/services/agents.ts";
import { recentEvents } from "../../../src/services/events.ts";
import { readInbox, sendMessage } from "../../../src/services/messages.ts";
import { assignTask, getTask, listTasks } from "../../../src/services/tasks.ts";
import { waitForIdle } from "../../../src/services/wait-for-idle.ts";
import { waitForTask } from "../../../src/services/wait-for-task.ts";
import { isRunning } from "../../support/processes.ts";
import { rejection } from "../../support/rejection.ts";
import { type TestTown, testTown } from "../../support/town.ts";
import { output, printed, spawnAll, townHost, work } from "../../support/town-host.ts";

/** An agent whose answer is its prompt. */
const ECHO = '[agent_clis.echo]\ncommand = "cat"\n';

async function lines(rig: TestTown, file: string): Promise<readonly string[]> {
  const path = Bun.file(join(rig.root, file));
  return (await path.exists()) ? (await path.text()).trimEnd().split("\n") : [];
}

describe("a turn", () => {
  test("begins as soon as an idle agent gets something", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    await waitForIdle(rig.town);
    const { startedAt, createdAt, ...task } = await work(rig.town, "dev", "Build the login UI");
    expect(task).toMatchObject({ state: "completed", result: 'sim: did "Build the login UI"' });
    expect(task).toMatchObject({ attempts: 1, agentName: "dev" });
    expect((startedAt?.getTime() ?? Infinity) - createdAt.getTime()).toBeLessThan(1_000);
  });

  test("gets the whole text of its task, on standard input and in the prompt file", async () => {
    await using rig = await testTown({ config: ECHO });
    await using _host = await townHost(rig);
    await spawnAgent(rig.town, { name: "dev", cli: "echo" });
    const text = Array.from({ length: 300 }, (_, n) =>
      n % 7 === 0 ? "" : `${"\t".repeat(n % 3)}line ${n} “ünïcödé” 'quotes' $HOME \`id\``,
    ).join("\n");
    const { result } = await work(rig.town, "dev", text);
    const file = await readFile(join(rig.town.paths.run, "dev", "prompt.md"), "utf8");
    expect(result).toBe(file.trim());
    expect(file).toContain(text.trim());
  });

  test("gets the results and the files that the task builds on", async () => {
    await using rig = await testTown({ config: ECHO });
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "architect");
    await spawnAgent(rig.town, { name: "dev", cli: "echo" });
    await writeFile(join(rig.root, "notes.md"), "use UUIDs");
    const plan = await work(rig.town, "architect", "SIM: answer GET /v2/users");
    const gone = newTaskId();
    const { taskId } = await assignTask(rig.town, {
      agent: "dev",
      description: "Build it",
      context: [plan.id, "notes.md", "missing.md", gone],
    });
    const { state, result = "" } = await waitForTask(rig.town, { task: taskId });
    expect(state).toBe("completed");
    const material = result.slice(result.indexOf("Material"));
    expect(material).toMatch(/result of task \S+ by architect.*GET \/v2\/users/s);
    expect(material).toMatch(/notes\.md.*use UUIDs.*missing\.md.*cannot be read/s);
    expect(material).toContain(`task ${gone}`);
    expect(material).toContain("(the task is gone)");
  });

  test("carries the notes that came since the last one, once", async () => {
    await using rig = await testTown({ config: ECHO });
    await using _host = await townHost(rig);
    await spawnAgent(rig.town, { name: "dev", cli: "echo" });
    await spawnAll(rig.town, "lead");
    await sendMessage(rig.town, {
      to: "dev",
      text: "the port is 8080",
      kind: "info",
      from: "lead",
    });
    await sendMessage(rig.town, { to: "dev", text: "thanks", kind: "ack" });
    await waitForIdle(rig.town);
    expect(await output(rig.town, "dev")).toBe("");
    const first = await work(rig.town, "dev", "Start");
    expect(first.result).toContain(
      "- info from lead: the port is 8080\n- ack from conductor: thanks",
    );
    const second = await work(rig.town, "dev", "Go on");
    expect(second.result).not.toContain("8080");
  });

  test("is about a message when somebody sends one", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    await sendMessage(rig.town, { to: "dev", text: "SIM: ask which port?", kind: "query" });
    await waitForIdle(rig.town);
    const { messages } = await readInbox(rig.town, "conductor");
    expect(messages).toMatchObject([{ fromName: "dev", text: "which port?", category: "query" }]);
    const types = (await recentEvents(rig.town, 100)).map(({ type }) => type);
    expect(types).toContain("message_answered");
  });

  test("runs where and with what its agent was spawned", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await mkdir(join(rig.root, "sub dir"));
    const env = { API_TOKEN: "t0p secret" };
    await spawnAgent(rig.town, { name: "dev", cwd: "sub dir", env });
    const show = `SIM: show sh -c 'pwd; echo "$API_TOKEN/$TINYTOWN_AGENT_NAME/$TINYTOWN_TASK_ID"'`;
    const { id, result } = await work(rig.town, "dev", show);
    expect(result).toBe(`${rig.root}/sub dir\nt0p secret/dev/${id}`);
  });

  test("goes on with the conversation of the one before", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev", "other");
    const session = async (agent: string) =>
      (await work(rig.town, agent, "SIM: show sh -c 'echo $TT_SIM_SESSION'")).result;
    const first = await session("dev");
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(await session("dev")).toBe(first);
    expect(await session("other")).not.toBe(first);
  });

  test("writes everything it prints to the agent's log, under a heading", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    await work(rig.town, "dev", "Look around", "SIM: stderr careful", "SIM: answer done");
    const log = await output(rig.town, "dev");
    expect(log).toMatch(/^--- turn 1 · \S+Z · Look around\n/);
    expect(log).toContain("careful\n");
    expect(log).toContain('"text":"done"');
  });

  test("ends, and so does a process that it has left behind with its output", async () => {
    const config = `[agent_clis.late]\ncommand = "sh -c 'setsid sleep 1000 & echo pid $!'"\n`;
    await using rig = await testTown({ config });
    await using _host = await townHost(rig);
    await spawnAgent(rig.town, { name: "dev", cli: "late" });
    const { result = "" } = await work(rig.town, "dev", "x");
    expect(result).toMatch(/^pid \d+$/);
    expect(isRunning(Number(result.slice(4)))).toBe(false);
  });
});

describe("the order of work", () => {
  test("is urgent first, then first come first served", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    const blocker =
      "SIM: append started.txt x\nSIM: run sh -c 'until [ -e go ]; do sleep 0.01; done'";
    await assignTask(rig.town, { agent: "dev", description: blocker });
    await printed(rig.town, "dev", /started\.txt/);
    const give = (text: string, urgent: boolean) =>
      assignTask(rig.town, { agent: "dev", description: `SIM: append order.txt ${text}`, urgent });
    for (const name of ["a", "b"]) await give(name, false);
    for (const name of ["U", "V"]) await give(name, true);
    await sendMessage(rig.town, { to: "dev", text: "SIM: append order.txt W", urgent: true });
    await give("c", false);
    await writeFile(join(rig.root, "go"), "");
    await waitForIdle(rig.town, { timeoutMs: 10_000 });
    expect(await lines(rig, "order.txt")).toEqual(["U", "V", "W", "a", "b", "c"]);
  });

  test("of one agent does not hold up another", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "slow", "fast");
    await assignTask(rig.town, { agent: "slow", description: "SIM: hang" });
    await printed(rig.town, "slow", /"hang"/);
    expect((await work(rig.town, "fast", "x")).state).toBe("completed");
    expect((await getAgent(rig.town, "slow")).state).toBe("working");
  });
});

describe("the end of a task", () => {
  test("is the agent's own `tt task complete`, whatever it says last", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    const task = await work(rig.town, "dev", "SIM: complete by hand", "SIM: answer the last words");
    expect(task).toMatchObject({ state: "completed", result: "by hand" });
    const failed = await work(rig.town, "dev", "SIM: task-fail impossible", "SIM: answer fine");
    expect(failed).toMatchObject({ state: "failed", error: "impossible" });
    await waitForIdle(rig.town);
    expect((await getTask(rig.town, task.id)).result).toBe("by hand");
    expect(await getAgent(rig.town, "dev")).toMatchObject({
      tasksCompleted: 1,
      roundsCompleted: 2,
    });
  });

  test("can be given to another agent on the way, and the wait follows it", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "a", "b");
    const pass = "SIM: send b SIM: append hops.txt b\\nSIM: send a SIM: append hops.txt a";
    await assignTask(rig.town, { agent: "a", description: pass });
    await waitForIdle(rig.town, { agents: ["a", "b"], timeoutMs: 10_000 });
    expect(await lines(rig, "hops.txt")).toEqual(["b", "a"]);
  });
});

describe("closing and limits", () => {
  test("close lets an agent finish what it has, and take nothing more", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    const first = "SIM: run sh -c 'until [ -e go ]; do sleep 0.01; done'";
    for (const description of [first, "SIM: append done.txt second"]) {
      await assignTask(rig.town, { agent: "dev", description });
    }
    const closing = closeAgent(rig.town, { agent: "dev" });
    const draining = async () => (await getAgent(rig.town, "dev")).state === "draining";
    for (; !(await draining()); );
    const refused = await rejection(assignTask(rig.town, { agent: "dev", description: "x" }));
    expect(refused).toMatchObject({ code: "E_AGENT_STOPPED" });
    await writeFile(join(rig.root, "go"), "");
    expect(await closing).toMatchObject({ name: "dev", state: "cold", tasksCompleted: 2 });
    expect(await lines(rig, "done.txt")).toEqual(["second"]);
  });

  test("close ends an idle agent at once", async () => {
    await using rig = await testTown();
    await using host = await townHost(rig, { background: true });
    await spawnAll(rig.town, "dev");
    expect(await closeAgent(rig.town, { agent: "dev" })).toMatchObject({ state: "cold" });
    await host.ended; // nobody is left
  });

  test("an agent stops when its rounds are used up, and keeps what is queued", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAgent(rig.town, { name: "dev", maxRounds: 2 });
    for (const description of ["one", "two", "three"]) {
      await assignTask(rig.town, { agent: "dev", description });
    }
    const error = await rejection(waitForIdle(rig.town, { agents: ["dev"], timeoutMs: 10_000 }));
    expect(error).toMatchObject({ code: "E_AGENT_STOPPED" });
    expect(error.message).toContain("used its 2 rounds");
    const states = (await listTasks(rig.town)).map(({ state }) => state);
    expect(states).toEqual(["completed", "completed", "assigned"]);
    await spawnAgent(rig.town, { name: "dev" });
    await waitForIdle(rig.town, { agents: ["dev"], timeoutMs: 10_000 });
    expect((await listTasks(rig.town, { state: "completed" })).length).toBe(3);
  });
});
