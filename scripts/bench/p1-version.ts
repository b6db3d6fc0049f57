import { startBenchServer } from "./bench-server.ts";
import type { Arena, BenchContext, RatioGoal } from "./goal.ts";
import { pingBase } from "./ping-base.ts";
import { spawnContender } from "./spawn-contender.ts";

const VERSION = "tt --version";

async function open({ tt }: BenchContext): Promise<Arena> {
  const server = await startBenchServer();
  const { contenders, ...base } = pingBase(server.socket);
  const version = spawnContender({ name: VERSION, argv: [tt, "--version"] });
  return {
    ...base,
    contenders: [...contenders, version],
    limits: [{ contender: VERSION, statistic: "min", limit: 2.0 }],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export const p1Version: RatioGoal = {
  kind: "ratio",
  id: "P1",
  title: "start-up: tt --version, wall time against redis-cli PING",
  full: { rounds: 9, passes: 30 },
  quick: { rounds: 5, passes: 12 },
  open,
};
