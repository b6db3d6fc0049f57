import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AgentRunner } from "../../../src/agent/runner.ts";
import type { AgentState } from "../../../src/core/agent.ts";
import { getAgent } from "../../../src/services/agents.ts";
import { assignTask, getTask } from "../../../src/services/tasks.ts";
import { handHost } from "../../support/hand-host.ts";
import { type TestTown, testTown } from "../../support/town.ts";

const STOPPED = { state: "stopped", reason: "tt stop", by: "stop" } as const;

/** A runner for an agent that has just been taken over, as the host makes one. */
async function runnerOf(rig: TestTown, name: string) {
  const town = await rig.open({ longLived: true });
  await using host = await handHost(town);
  const owner = await host.own(name);
  const gone = Promise.withResolvers<AgentState>();
  const runner = new AgentRunner({
    town,
    agent: { ...(await getAgent(town, name)), epoch: owner.epoch },
    log: () => undefined,
    onGone: () => {
      getAgent(rig.town, name).then(({ state }) => gone.resolve(state), gone.reject);
    },
  });
  return { runner, gone: gone.promise };
}

describe("an agent's runner", () => {
  test("starts no turn for work that arrives while it is being stopped", async () => {
    await using rig = await testTown({ config: '[agent_clis.sim]\ncommand = "touch ran"' });
    const { runner } = await runnerOf(rig, "dev");
    await using _host = await handHost(rig.town);
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: "work" });
    runner.wake();
    await runner.stop(STOPPED);
    expect(existsSync(join(rig.root, "ran"))).toBe(false);
    expect(await getTask(rig.town, taskId)).toMatchObject({ state: "assigned", attempts: 0 });
    expect(await getAgent(rig.town, "dev")).toMatchObject({ state: "stopped", reason: "tt stop" });
  });

  test("says that it is gone after its end has been written", async () => {
    await using rig = await testTown({ config: '[agent_clis.sim]\ncommand = "/no/such/program"' });
    const { runner, gone } = await runnerOf(rig, "dev");
    await using _host = await handHost(rig.town);
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: "work" });
    runner.wake();
    expect(await gone).toBe("error");
    expect(await getTask(rig.town, taskId)).toMatchObject({ state: "assigned", attempts: 0 });
  });

  test("is stopped only when a failure that ends it has been written too", async () => {
    await using rig = await testTown({ config: '[agent_clis.sim]\ncommand = "/no/such/program"' });
    const { runner, gone } = await runnerOf(rig, "dev");
    await using _host = await handHost(rig.town);
    await assignTask(rig.town, { agent: "dev", description: "work" });
    runner.wake();
    await gone;
    await runner.stop(STOPPED);
    expect((await getAgent(rig.town, "dev")).state).toBe("error");
  });
});
