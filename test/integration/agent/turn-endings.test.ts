import { describe, expect, test } from "bun:test";
import { adoptAgent } from "../../../src/redis/turn-store.ts";
import { getAgent, killAgent } from "../../../src/services/agents.ts";
import { assignTask, cancelTask, getTask } from "../../../src/services/tasks.ts";
import type { Town } from "../../../src/services/town.ts";
import { waitForIdle } from "../../../src/services/wait-for-idle.ts";
import { isRunning } from "../../support/processes.ts";
import { testTown } from "../../support/town.ts";
import { output, printed, spawnAll, townHost, work } from "../../support/town-host.ts";
import { waitFor } from "../../support/wait-for.ts";

const HANGS = ["SIM: background sleep 1000", "SIM: hang"];
/** Ignores SIGTERM: it is killed after the five seconds of grace. */
const HANGS_HARD = ["SIM: background sleep 1000", "SIM: hang hard"];

/** Waits until a turn hangs. @returns the pid of what it has left in a session of its own */
async function hangingTurn(town: Town, agent: string): Promise<number> {
  await printed(town, agent, /"hang"/);
  const [background] = await printed(town, agent, /pid (\d+)/);
  const pid = Number(background);
  expect(isRunning(pid)).toBe(true);
  return pid;
}

/** A kill needs a moment until the kernel has taken the process away. */
function gone(pid: number, timeoutMs = 1_000): Promise<true> {
  return waitFor(() => !isRunning(pid) && true, { what: `the end of ${pid}`, timeoutMs });
}

describe.concurrent("a turn that is ended from outside", () => {
  test.each([
    ["soft", HANGS],
    ["hard", HANGS_HARD],
  ] as const)("by kill leaves no process, and gives the work back (%s)", async (_, hanging) => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    const text = hanging.join("\n");
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: text });
    const pid = await hangingTurn(rig.town, "dev");
    const killed = await killAgent(rig.town, { agent: "dev", reason: "wrong way" });
    expect(killed).toMatchObject({ state: "stopped", reason: "wrong way" });
    await gone(pid);
    // The turn was ended, not used up.
    expect(await getTask(rig.town, taskId)).toMatchObject({ state: "assigned", attempts: 0 });
  });

  test.each([
    ["soft", HANGS],
    ["hard", HANGS_HARD],
  ] as const)("by cancelling its task leaves the agent free (%s)", async (_, hanging) => {
    await using rig = await testTown();
    await using _host = await townHost(rig);
    await spawnAll(rig.town, "dev");
    const text = hanging.join("\n");
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: text });
    const pid = await hangingTurn(rig.town, "dev");
    await cancelTask(rig.town, { task: taskId, reason: "not needed" });
    await waitForIdle(rig.town, { agents: ["dev"], timeoutMs: 10_000 });
    await gone(pid);
    expect((await work(rig.town, "dev", "x")).state).toBe("completed");
    const task = await getTask(rig.town, taskId);
    expect(task).toMatchObject({ state: "cancelled", error: "not needed" });
    expect((await output(rig.town, "dev")).match(/"hang"/g)).toHaveLength(1);
  });

  test("ends when it is killed before its CLI has begun", async () => {
    await using rig = await testTown();
    await using host = await townHost(rig);
    for (let round = 0; round < 5; round++) {
      await spawnAll(rig.town, "dev");
      await assignTask(rig.town, { agent: "dev", description: "SIM: hang" });
      const killed = await killAgent(rig.town, { agent: "dev", timeoutMs: 5_000 });
      expect(killed.state).toBe("stopped");
    }
    await waitFor(() => host.log.length > 0, { what: "log" });
    expect(await output(rig.town, "dev")).not.toContain('"result"');
  });
});

/** Gives an agent to a host on another machine, as after a lease that ran out. */
async function takeOver(town: Town, name: string): Promise<void> {
  const { id } = await getAgent(town, name);
  const { keys, port } = town.store;
  await port.command("SREM", [keys.placed(town.hostId), id]);
  await port.command("SADD", [keys.placed("elsewhere"), id]);
  await port.command("HSET", [keys.agent(id), "host", "elsewhere"]);
  const other = { hostId: "elsewhere", leaseMs: 15_000, sure: true, maxAttempts: 4, revive: false };
  const adopted = await adoptAgent(town.store, id, other);
  expect(adopted.kind).toBe("owned");
}

describe.concurrent("an agent that another host has taken over", () => {
  test("is left alone when it is idle", async () => {
    await using rig = await testTown();
    await using host = await townHost(rig);
    await spawnAll(rig.town, "dev", "other");
    await waitForIdle(rig.town);
    await takeOver(rig.town, "dev");
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: "x" });
    await waitFor(() => host.log.some((line) => line.startsWith("dev:")), { what: "the fence" });
    expect(await getTask(rig.town, taskId)).toMatchObject({ state: "assigned", attempts: 0 });
    expect((await work(rig.town, "other", "x")).state).toBe("completed");
    expect(await getAgent(rig.town, "dev")).toMatchObject({ state: "idle", hostId: "elsewhere" });
  });

  test.each([
    ["by its bell", true],
    ["by the heartbeat", false],
  ])(
    "loses its turn, which writes nothing any more (%s)",
    async (_, ring) => {
      await using rig = await testTown();
      await using host = await townHost(rig);
      await spawnAll(rig.town, "dev");
      const { taskId } = await assignTask(rig.town, {
        agent: "dev",
        description: HANGS.join("\n"),
      });
      const pid = await hangingTurn(rig.town, "dev");
      await takeOver(rig.town, "dev");
      if (ring) await assignTask(rig.town, { agent: "dev", description: "x" });
      await gone(pid, 12_000);
      await host.stop();
      expect(await getTask(rig.town, taskId)).toMatchObject({ state: "assigned", attempts: 1 });
      const dev = await getAgent(rig.town, "dev");
      expect(dev).toMatchObject({ state: "idle", hostId: "elsewhere", roundsCompleted: 0 });
      expect(await output(rig.town, "dev")).not.toContain('"result"');
    },
    20_000,
  );
});
