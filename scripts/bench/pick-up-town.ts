import { join } from "node:path";
import { readEnvironment } from "../../src/config/env.ts";
import { spawnAgent } from "../../src/services/agents.ts";
import { openTown } from "../../src/services/open-town.ts";
import { stopTown } from "../../src/services/stop-town.ts";
import { assignTask } from "../../src/services/tasks.ts";
import { waitForTask } from "../../src/services/wait-for-task.ts";
import type { BenchServer } from "./bench-server.ts";
import { createBenchTown } from "./bench-town.ts";

const AGENT = "clock";

/** A town with a real host, whose one agent's CLI only tells when it has started. */
export interface PickUpTown extends AsyncDisposable {
  /** µs from the call of `assign` until the CLI, started with its prompt, has read the clock. */
  pickUp(): Promise<number>;
}

export async function openPickUpTown(server: BenchServer): Promise<PickUpTown> {
  const { directory } = await createBenchTown(server, { name: "p", agents: 0, host: "none" });
  const file = join(directory, "tinytown.toml");
  const config = await Bun.file(file).text();
  await Bun.write(file, `${config}[agent_clis.${AGENT}]\ncommand = "date +%s%N"\n`);
  const inherited = readEnvironment();
  const env = {
    ...inherited,
    town: undefined,
    redisUrl: server.url,
    all: { ...inherited.all, TINYTOWN_REDIS_URL: server.url },
  };
  const town = await openTown({ dir: directory, longLived: true, env });
  await spawnAgent(town, { name: AGENT, cli: AGENT });
  return {
    pickUp: async () => {
      const started = performance.timeOrigin + performance.now();
      const { taskId } = await assignTask(town, { agent: AGENT, description: "What time is it?" });
      const { result } = await waitForTask(town, { task: taskId });
      return (Number(result) / 1e6 - started) * 1_000;
    },
    [Symbol.asyncDispose]: async () => {
      await stopTown(town, { server: false });
      await town[Symbol.asyncDispose]();
    },
  };
}
