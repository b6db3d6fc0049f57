import { describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runHost } from "../../../src/agent/host.ts";
import { getAgent, killAgent, listAgents, spawnAgent } from "../../../src/services/agents.ts";
import { liveHost } from "../../../src/services/host-record.ts";
import { assignTask, getTask } from "../../../src/services/tasks.ts";
import { waitForIdle } from "../../../src/services/wait-for-idle.ts";
import { waitForTask } from "../../../src/services/wait-for-task.ts";
import { isRunning } from "../../support/processes.ts";
import { rejection } from "../../support/rejection.ts";
import { type TestTown, testTown } from "../../support/town.ts";
import {
  endProcess,
  hostProcess,
  killServer,
  printed,
  serverPid,
  spawnAll,
  townHost,
  work,
} from "../../support/town-host.ts";
import { waitFor } from "../../support/wait-for.ts";

/** Runs until it is killed in its first attempt, with a process that has left session and group. */
const HANGS_ONCE = [
  "SIM: append marks.txt started",
  "SIM: background sleep 1000",
  "SIM: once hang hard",
  "SIM: append marks.txt finished",
  "SIM: answer moved",
].join("\n");

/** Goes on when a file appears. */
const HELD = "SIM: append held.txt x\nSIM: run sh -c 'until [ -e go ]; do sleep 0.01; done'";

function marks(rig: TestTown): Promise<string> {
  return Bun.file(join(rig.root, "marks.txt")).text();
}

describe.concurrent("kill -9 of the host", () => {
  test("in the middle of a turn: the next one ends what is left and does the work once", async () => {
    await using rig = await testTown();
    const { town } = rig;
    await spawnAll(town, "dev");
    const { taskId } = await assignTask(town, { agent: "dev", description: HANGS_ONCE });
    await printed(town, "dev", /"hang"/);
    const [background] = await printed(town, "dev", /pid (\d+)/);
    const first = await hostProcess(town);
    await endProcess(first, "SIGKILL");
    expect(isRunning(Number(background))).toBe(true);
    expect(await getAgent(town, "dev")).toMatchObject({ state: "working" });

    // Whoever waits for the work starts the next host.
    const task = await waitForTask(town, { task: taskId, timeoutMs: 10_000 });
    expect(task).toMatchObject({ state: "completed", result: "moved", attempts: 2 });
    expect(await marks(rig)).toBe("started\nstarted\nfinished\n");
    expect(isRunning(Number(background))).toBe(false);
    expect(await hostProcess(town)).not.toBe(first);
    await waitForIdle(town, { agents: ["dev"] });
    expect(await getAgent(town, "dev")).toMatchObject({ tasksCompleted: 1, state: "idle" });
  });

  test("in every attempt: the work is given up, and the next is done", async () => {
    await using rig = await testTown({ config: "[agent]\nmax_attempts = 2\n" });
    const { town } = rig;
    await spawnAll(town, "dev");
    const { taskId } = await assignTask(town, { agent: "dev", description: "SIM: hang" });
    const next = await assignTask(town, { agent: "dev", description: "x" });
    for (let turn = 1; turn <= 2; turn++) {
      const pid = await hostProcess(town);
      await printed(town, "dev", /"hang"/, turn);
      await endProcess(pid, "SIGKILL");
    }
    const task = await waitForTask(town, { task: taskId, timeoutMs: 10_000 });
    expect(task).toMatchObject({ state: "failed", outcome: "crashed", attempts: 2 });
    expect(task.error).toContain("its host died in each of 2 turns");
    expect(await waitForTask(town, { task: next.taskId })).toMatchObject({ state: "completed" });
  });

  test("while agents are idle: a message for one starts the next host", async () => {
    await using rig = await testTown();
    await spawnAll(rig.town, "dev", "other");
    await waitForIdle(rig.town);
    await endProcess(await hostProcess(rig.town), "SIGKILL");
    expect(liveHost(rig.town)).toBeUndefined();
    expect((await work(rig.town, "dev", "x")).state).toBe("completed");
    expect((await waitForIdle(rig.town)).agents).toHaveLength(2);
  });

  test("while it was to end an agent: the next one ends it", async () => {
    await using rig = await testTown();
    await spawnAll(rig.town, "dev");
    await waitForIdle(rig.town);
    await endProcess(await hostProcess(rig.town), "SIGKILL");
    expect(await killAgent(rig.town, { agent: "dev" })).toMatchObject({ state: "stopped" });
    await waitFor(() => !liveHost(rig.town), { what: "the end of a host without agents" });
  });
});

describe.concurrent("kill -9 of the server", () => {
  test("while agents are idle: the host finds the next one and loses nothing", async () => {
    await using rig = await testTown({ server: "managed" });
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    await waitForIdle(rig.town);
    const first = await killServer(rig.town);
    // Nobody else asks for a server: the host does.
    const server = () => serverPid(rig.town);
    await waitFor(server, { what: "the next server", timeoutMs: 10_000 });
    expect(server()).not.toBe(first);
    expect((await work(rig.town, "dev", "x")).state).toBe("completed");
  });

  test("in the middle of a turn: it is finished all the same, once", async () => {
    await using rig = await testTown({ server: "managed" });
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: HELD });
    const queued = await assignTask(rig.town, { agent: "dev", description: "SIM: answer two" });
    await printed(rig.town, "dev", /held\.txt/);
    await killServer(rig.town);
    await writeFile(join(rig.root, "go"), "");
    const task = await waitForTask(rig.town, { task: taskId, timeoutMs: 10_000 });
    expect(task).toMatchObject({ state: "completed", attempts: 1 });
    const second = await waitForTask(rig.town, { task: queued.taskId, timeoutMs: 10_000 });
    expect(second).toMatchObject({ state: "completed", result: "two" });
    expect(await Bun.file(join(rig.root, "held.txt")).text()).toBe("x\n");
  });

  test("together with the host, in the middle of a turn: the work is done by the next", async () => {
    await using rig = await testTown({ server: "managed" });
    await spawnAll(rig.town, "dev");
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: HANGS_ONCE });
    await printed(rig.town, "dev", /"hang"/);
    const host = await hostProcess(rig.town);
    await Promise.all([killServer(rig.town), endProcess(host, "SIGKILL")]);
    const task = await waitForTask(rig.town, { task: taskId, timeoutMs: 10_000 });
    expect(task).toMatchObject({ state: "completed", result: "moved" });
    expect(await marks(rig)).toBe("started\nstarted\nfinished\n");
  });
});

describe.concurrent("the end of the host", () => {
  test("by SIGTERM stops its agents; the next `tt start` revives them, but for the killed", async () => {
    await using rig = await testTown();
    const { town } = rig;
    await spawnAll(town, "dev", "idler", "dead");
    await killAgent(town, { agent: "dead" });
    const { taskId } = await assignTask(town, { agent: "dev", description: HELD });
    await printed(town, "dev", /started|"start"/);
    await waitFor(() => Bun.file(join(rig.root, "held.txt")).exists(), { what: "the turn" });
    await endProcess(await hostProcess(town), "SIGTERM");
    const states = async () => (await listAgents(town)).map(({ state }) => state);
    expect(await states()).toEqual(["stopped", "stopped", "stopped"]);
    expect(await getTask(town, taskId)).toMatchObject({ state: "assigned", attempts: 0 });

    await writeFile(join(rig.root, "go"), "");
    await using _host = await townHost(rig);
    const task = await waitForTask(town, { task: taskId, timeoutMs: 10_000 });
    expect(task).toMatchObject({ state: "completed", attempts: 1 });
    await waitForIdle(town, { agents: ["dev", "idler"] });
    expect(await states()).toEqual(["idle", "idle", "stopped"]);
  });

  test("comes when nobody is left, for one in the background only", async () => {
    await using rig = await testTown();
    await using host = await townHost(rig, { background: true });
    await spawnAll(rig.town, "dev", "other");
    for (const agent of ["dev", "other"]) await killAgent(rig.town, { agent });
    await host.ended;
    // It may have ended before the first agent came; then that spawn has started another one.
    await waitFor(() => liveHost(rig.town) === undefined, { what: "the end of the host" });

    await using foreground = await townHost(rig);
    await spawnAll(rig.town, "dev");
    await killAgent(rig.town, { agent: "dev" });
    await spawnAll(rig.town, "dev");
    expect((await work(rig.town, "dev", "x")).state).toBe("completed");
    await foreground.stop();
  });

  test("does not come for an agent that is spawned while the last one ends", async () => {
    await using rig = await testTown();
    for (let round = 0; round < 10; round++) {
      await spawnAll(rig.town, "dev");
      const [, next] = await Promise.all([
        killAgent(rig.town, { agent: "dev" }),
        spawnAgent(rig.town, { name: `next-${round}` }),
      ]);
      await waitForIdle(rig.town, { agents: [next.agent.id], timeoutMs: 5_000 });
      await killAgent(rig.town, { agent: next.agent.id });
    }
  });

  test("is asked for where another host is live", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    const options = { signal: new AbortController().signal, log: () => {} };
    const error = await rejection(runHost(rig.town, { ...options, background: false }));
    expect(error).toMatchObject({ code: "E_HOST_RUNNING" });
    expect(error.message).toContain(`pid ${process.pid}`);
    await runHost(rig.town, { ...options, background: true }); // leaves it to the other
  });
});
