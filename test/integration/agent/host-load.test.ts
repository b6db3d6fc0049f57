import { expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { spawnAgent } from "../../../src/services/agents.ts";
import { outputFile } from "../../../src/services/logs.ts";
import { assignTask, listTasks } from "../../../src/services/tasks.ts";
import { waitForIdle } from "../../../src/services/wait-for-idle.ts";
import { testTown } from "../../support/town.ts";
import { hostProcess, spawnAll, townHost, work } from "../../support/town-host.ts";

/** An agent that costs next to nothing. */
const QUICK = `[agent_clis.quick]\ncommand = "echo done"\n`;

test("100 times assign and wait: never too early, never too long", async () => {
  await using rig = await testTown({ config: QUICK });
  await using _host = await townHost(rig);
  const town = await rig.open({ longLived: true });
  await spawnAgent(town, { name: "dev", cli: "quick" });
  let early = 0;
  for (let n = 0; n < 100; n++) {
    const { taskId } = await assignTask(town, { agent: "dev", description: `task ${n}` });
    await waitForIdle(town, { agents: ["dev"], timeoutMs: 3_000 });
    const [task] = await listTasks(town, { limit: 1 });
    if (task?.id !== taskId || task.state !== "completed") early++;
  }
  expect(early).toBe(0);
});

test("110 agents of one host, more than one connection waits for, all get their work", async () => {
  await using rig = await testTown({ config: `max_agents = 110\n${QUICK}` });
  await using _host = await townHost(rig);
  const { town } = rig;
  const names = Array.from({ length: 110 }, (_, n) => `dev-${n}`);
  for (const name of names) await spawnAgent(town, { name, cli: "quick" });
  await waitForIdle(town, { timeoutMs: 5_000 });
  await Promise.all(names.map((agent) => assignTask(town, { agent, description: "x" })));
  const { agents } = await waitForIdle(town, { timeoutMs: 10_000 });
  expect(agents).toHaveLength(110);
  const tasks = await listTasks(town, { state: "completed" });
  expect(new Set(tasks.map(({ agentName }) => agentName)).size).toBe(110);
});

/** Of a process, in MB; Linux only. */
function memory(pid: number, field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
}

// A runtime collects its garbage late: 50 MB cost 25 to 35 MB, four times as much about 50 MB.
test.skipIf(process.platform !== "linux")(
  "of 100 MB of output the log has the whole, and the host stays small",
  async () => {
    await using rig = await testTown();
    await spawnAll(rig.town, "dev");
    await work(rig.town, "dev", "warm up");
    const pid = await hostProcess(rig.town);
    const before = memory(pid, "VmRSS");
    const task = await work(rig.town, "dev", "SIM: flood 100MB", "SIM: answer done");
    expect(task).toMatchObject({ state: "completed", result: "done" });
    expect(memory(pid, "VmHWM") - before).toBeLessThan(70);
    expect(statSync(outputFile(rig.town, "dev")).size).toBeGreaterThan(100_000_000);
  },
);

test("of 50 MB without a line end the log has the whole, the result the end", async () => {
  const script = "head -c 50000000 /dev/zero | tr '\\0' x; echo the end";
  const config = `[agent_clis.line]\ncommand = '''sh -c "${script}"'''\n`;
  await using rig = await testTown({ config });
  await using _host = await townHost(rig);
  await spawnAgent(rig.town, { name: "dev", cli: "line" });
  const { result = "" } = await work(rig.town, "dev", "x");
  expect(result).toStartWith("[the beginning of a long output is left out]\nxxx");
  expect(result).toEndWith("xxxthe end");
  expect(result.length).toBeLessThan(1_100_000);
  expect(statSync(outputFile(rig.town, "dev")).size).toBeGreaterThan(50_000_000);
});
