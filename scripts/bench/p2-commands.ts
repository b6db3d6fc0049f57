import { startBenchServer } from "./bench-server.ts";
import { createBenchTown } from "./bench-town.ts";
import type { Arena, BenchContext, Contender, Limit, RatioGoal } from "./goal.ts";
import { pingBase } from "./ping-base.ts";
import { spawnContender } from "./spawn-contender.ts";

/** Each works with an agent of its own, so that the queue that one fills is not what another reads. */
const COMMANDS = {
  assign: ["assign", "a0", "Build the login page"],
  send: ["send", "a1", "How far are you?"],
  inbox: ["inbox", "a2"],
} as const;
const NAMES = ["assign", "send", "inbox"] as const;

const SMALL = 10;
const contenderName = (command: string, agents: number) => `tt ${command}, ${agents} agents`;

async function open({ tt, quick }: BenchContext): Promise<Arena> {
  const server = await startBenchServer();
  const sizes = quick ? [SMALL, 1_000] : [SMALL, 1_000, 10_000];
  const { contenders, ...base } = pingBase(server.socket);
  const commands: Contender[] = [];
  for (const agents of sizes) {
    const town = await createBenchTown(server, { name: `n${agents}`, agents, host: "pretended" });
    for (const command of NAMES) {
      const argv = [tt, ...COMMANDS[command]];
      const name = contenderName(command, agents);
      commands.push(spawnContender({ name, argv, cwd: town.directory, env: town.env }));
    }
  }
  return {
    ...base,
    contenders: [...contenders, ...commands],
    limits: limitsFor(sizes),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function limitsFor(sizes: readonly number[]): readonly Limit[] {
  const statistic = "min";
  return NAMES.flatMap((command) =>
    sizes.flatMap((agents): readonly Limit[] => {
      const contender = contenderName(command, agents);
      const cost = { contender, statistic, limit: 2.5 } as const;
      if (agents === SMALL) return [cost];
      const against = contenderName(command, SMALL);
      return [cost, { contender, against, statistic, limit: 1.15 }];
    }),
  );
}

export const p2Commands: RatioGoal = {
  kind: "ratio",
  id: "P2",
  title: "tt assign, send and inbox, wall time against redis-cli PING, by size of the town",
  full: { rounds: 9, passes: 20 },
  quick: { rounds: 5, passes: 12 },
  open,
};
