import { describe, expect, test } from "bun:test";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getAgent, spawnAgent } from "../../../src/services/agents.ts";
import { recentEvents } from "../../../src/services/events.ts";
import { sendMessage } from "../../../src/services/messages.ts";
import { assignTask, getTask } from "../../../src/services/tasks.ts";
import type { Town } from "../../../src/services/town.ts";
import { waitForIdle } from "../../../src/services/wait-for-idle.ts";
import { waitForTask } from "../../../src/services/wait-for-task.ts";
import { isRunning } from "../../support/processes.ts";
import { rejection } from "../../support/rejection.ts";
import { testTown } from "../../support/town.ts";
import { printed, spawnAll, townHost, work } from "../../support/town-host.ts";

const TWO_ATTEMPTS = "[agent]\nmax_attempts = 2\n";

/** Work that was given up, as it was put aside. */
async function deadLetters(town: Town, agent: string): Promise<readonly string[]> {
  const { id } = await getAgent(town, agent);
  const reply = await town.store.port.command("LRANGE", [town.store.keys.dead(id), 0, -1]);
  return Array.isArray(reply) ? reply.map(String) : [];
}

async function times(town: Town, taskId: string, type: string): Promise<readonly number[]> {
  const events = await recentEvents(town, 200);
  return events.filter((e) => e.taskId === taskId && e.type === type).map((e) => e.at.getTime());
}

describe.concurrent("a turn that fails", () => {
  test("is tried again after a pause, then the task fails with the reason", async () => {
    await using rig = await testTown({ config: TWO_ATTEMPTS });
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    const task = await work(rig.town, "dev", "SIM: append tries.txt x", "SIM: fail no disk space");
    expect(task).toMatchObject({ state: "failed", attempts: 2 });
    expect(task.error).toContain("no disk space");
    const starts = await times(rig.town, task.id, "task_started");
    expect(starts).toHaveLength(2);
    // The first pause is between a half and a whole second.
    expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(500);
    expect(await Bun.file(join(rig.root, "tries.txt")).text()).toBe("x\nx\n");
    expect(await deadLetters(rig.town, "dev")).toHaveLength(1);
    await waitForIdle(rig.town, { agents: ["dev"] });
    expect((await work(rig.town, "dev", "Go on")).state).toBe("completed");
  });

  test("tells the next one why it failed, and hands the notes on", async () => {
    const script = 'p=$(cat); echo "$p" | grep -q "^This is attempt 2" && echo "$p" || exit 3';
    const config = `${TWO_ATTEMPTS}[agent_clis.second]\ncommand = '''sh -c '${script}' '''\n`;
    await using rig = await testTown({ config });
    await using _host = await townHost(rig);
    await spawnAgent(rig.town, { name: "dev", cli: "second" });
    await sendMessage(rig.town, { to: "dev", text: "the port is 8080", kind: "info" });
    const { state, result } = await work(rig.town, "dev", "Build it");
    expect(state).toBe("completed");
    expect(result).toMatch(/^This is attempt 2\. The last one ended with: .*exit code 3/m);
    expect(result).toContain("the port is 8080");
  });

  test.each([
    ["SIM: empty", "the output ended without a result"],
    ["SIM: exit 0", "the answer is empty"],
    ["SIM: exit 7", "exit code 7"],
    ["SIM: crash", "ended by SIGKILL"],
  ])("is one without an answer: %s", async (directive, reason) => {
    await using rig = await testTown({ config: "[agent]\nmax_attempts = 1\n" });
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    const task = await work(rig.town, "dev", directive);
    expect(task).toMatchObject({ state: "failed", attempts: 1 });
    expect(task.error).toContain(reason);
  });

  test("for want of a log-in is not tried again", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    const task = await work(rig.town, "dev", "SIM: auth-fail not logged in");
    expect(task).toMatchObject({ state: "failed", attempts: 1, outcome: "auth" });
  });

  test("at a rate limit waits as long as the CLI says, and does not count", async () => {
    await using rig = await testTown({ config: "[agent]\nmax_attempts = 1\n" });
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    const task = await work(rig.town, "dev", "SIM: once rate-limit 1s", "SIM: answer done");
    expect(task).toMatchObject({ state: "completed", attempts: 1, result: "done" });
    const starts = await times(rig.town, task.id, "task_started");
    expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  test("by its time being up ends the task, and all its processes", async () => {
    await using rig = await testTown({ config: "[agent]\nturn_timeout_secs = 1\n" });
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    const task = await work(rig.town, "dev", "SIM: background sleep 1000", "SIM: hang");
    expect(task).toMatchObject({ state: "failed", outcome: "timeout" });
    expect(task.error).toContain("time for one turn was up");
    const [pid] = await printed(rig.town, "dev", /pid (\d+)/);
    expect(isRunning(Number(pid))).toBe(false);
  });
});

describe.concurrent("an agent whose CLI cannot be run", () => {
  test("ends in error and keeps its work for when it can", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    const program = join(rig.root, "my agent.sh");
    const dev = { name: "dev", cli: `"${program}"` };
    await spawnAgent(rig.town, dev);
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: "x" });
    const error = await rejection(waitForTask(rig.town, { task: taskId }));
    expect(error).toMatchObject({ code: "E_AGENT_FAILED" });
    expect(error.message).toContain("my agent.sh");
    expect(await getAgent(rig.town, "dev")).toMatchObject({ state: "error" });
    expect(await getTask(rig.town, taskId)).toMatchObject({ state: "assigned" });

    await writeFile(program, "#!/bin/sh\necho here I am\n");
    await chmod(program, 0o755);
    expect(await spawnAgent(rig.town, dev)).toMatchObject({ action: "restarted" });
    const task = await waitForTask(rig.town, { task: taskId, timeoutMs: 10_000 });
    expect(task).toMatchObject({ state: "completed", result: "here I am" });
  });

  test("says so when its entry in the configuration is wrong", async () => {
    await using rig = await testTown({ config: '[agent_clis.odd]\nextends = "nothing"\n' });
    await using _host = await townHost(rig);
    await spawnAgent(rig.town, { name: "dev", cli: "odd" });
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: "x" });
    const error = await rejection(waitForTask(rig.town, { task: taskId }));
    expect(error.message).toContain('extends the unknown CLI "nothing"');
  });

  test("says so when its directory is gone, and others work on", async () => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAgent(rig.town, { name: "dev", cwd: "gone" });
    await spawnAll(rig.town, "other");
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: "x" });
    const error = await rejection(waitForTask(rig.town, { task: taskId }));
    expect(error.message).toContain(join(rig.root, "gone"));
    expect((await work(rig.town, "other", "x")).state).toBe("completed");
  });
});
