import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readEnvironment } from "../../src/config/env.ts";
import { processIdentity } from "../../src/process/alive.ts";
import { registerAgent } from "../../src/services/agents.ts";
import { writeHostRecord } from "../../src/services/host-record-file.ts";
import { openTown } from "../../src/services/open-town.ts";
import type { BenchServer } from "./bench-server.ts";

export interface BenchTownOptions {
  readonly name: string;
  /** How many agents are registered: `a0`, `a1` … */
  readonly agents: number;
  /**
   * `pretended`: commands take this process for the town's live host, so that they start none;
   * nothing runs the agents. `none`: the first command that needs a host starts one.
   */
  readonly host: "pretended" | "none";
}

export interface BenchTown {
  readonly directory: string;
  /** For programs that shall find the town's server. */
  readonly env: Readonly<Record<string, string>>;
}

/** Registrations that are under way at a time. */
const BATCH = 100;

/** A town with its own directory on the server of a benchmark. */
export async function createBenchTown(
  server: BenchServer,
  { name, agents, host }: BenchTownOptions,
): Promise<BenchTown> {
  const directory = join(server.directory, name);
  await mkdir(directory);
  const config = [
    `name = "${name}"`,
    `default_cli = "sim"`,
    `max_agents = ${agents + 1}`,
    `[agent]`,
    `inbox_limit = 1000000`,
  ];
  await Bun.write(join(directory, "tinytown.toml"), `${config.join("\n")}\n`);
  const environment = { ...readEnvironment(), redisUrl: server.url, town: undefined };
  await using town = await openTown({ dir: directory, env: environment });
  for (let first = 0; first < agents; first += BATCH) {
    const count = Math.min(BATCH, agents - first);
    const names = Array.from({ length: count }, (_, index) => `a${first + index}`);
    await Promise.all(names.map((agent) => registerAgent(town, { name: agent })));
  }
  if (host === "pretended") {
    await mkdir(town.paths.tt, { recursive: true });
    await writeHostRecord(town, { ...processIdentity(process.pid), ready: true });
  }
  return { directory, env: { REDIS_URL: server.url } };
}
