import { expect, test } from "bun:test";
import { spawnAgent } from "../../../src/services/agents.ts";
import { hostEnvironment } from "../../../src/services/ensure-host.ts";
import { openEphemeralTown } from "../../../src/services/ephemeral-town.ts";
import { sendMessage } from "../../../src/services/messages.ts";
import { assignTask } from "../../../src/services/tasks.ts";
import { waitForTask } from "../../../src/services/wait-for-task.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { testTown } from "../../support/town.ts";

/** What an agent of another town has in its environment. */
const OUTER = {
  TINYTOWN_AGENT_ID: "0199aaaa-0000-7000-8000-000000000001",
  TINYTOWN_AGENT_NAME: "outer",
  TINYTOWN_TASK_ID: "0199aaaa-0000-7000-8000-000000000002",
  TINYTOWN_TOWN: "/no/such/town",
  TT_RUN_ID: "turn",
  TT_HOST: "host",
  TT_SIM_MODEL: "model",
  TT_SIM_SESSION: "session",
  TT_SIM_STATE_DIR: "/no/such/directory",
};

test("a host has nothing of the agent that starts it, but what its user has set", async () => {
  const kept = { PATH: "/bin", TT_SIM_SCRIPT: "/x.json", TT_CLI: "sim", TINYTOWN_REDIS_URL: "u" };
  await using rig = await testTown();
  const env = { ...rig.env, all: { ...OUTER, ...kept } };
  expect(hostEnvironment({ ...rig.town, env })).toEqual(kept);
});

test("an ephemeral town that an agent opens is its opener's, not that agent's", async () => {
  await using directory = await temporaryDirectory();
  using _outer = variables(OUTER);
  const town = await openEphemeralTown({ workDir: directory.path });
  try {
    await spawnAgent(town, { name: "dev", cli: "sim" });
    await sendMessage(town, { to: "dev", text: "by the way", kind: "info" });
    const { taskId } = await assignTask(town, { agent: "dev", description: "SIM: answer 42" });
    const task = await waitForTask(town, { task: taskId, timeoutMs: 10_000 });
    expect(task).toMatchObject({ state: "completed", result: "42" });
  } finally {
    await town.close();
  }
});

/** Of this process, until disposed. */
function variables(values: Readonly<Record<string, string>>): Disposable {
  Object.assign(process.env, values);
  return {
    [Symbol.dispose]: () => {
      for (const name of Object.keys(values)) delete process.env[name];
    },
  };
}
