import { readEnvironment } from "../../src/config/env.ts";
import { connectIoredis } from "../../src/redis/ioredis-client.ts";
import type { RedisPort } from "../../src/redis/port.ts";
import { getAgent } from "../../src/services/agents.ts";
import { openTown } from "../../src/services/open-town.ts";
import type { Town } from "../../src/services/town.ts";
import { type BenchServer, startBenchServer } from "./bench-server.ts";
import { createBenchTown } from "./bench-town.ts";
import { startReceiver } from "./receiver-process.ts";

export const RAW_ANSWERS = "bench:answers:raw";
export const AGENT_ANSWERS = "bench:answers:agent";
export const AGENT = "a0";

/** A town with one waiting agent, a bare list with one waiting reader, and connections to both. */
export interface HandOffArena extends AsyncDisposable {
  readonly server: BenchServer;
  readonly town: Town;
  /** ioredis, as the town's own connections. */
  readonly writer: RedisPort;
  readonly reader: RedisPort;
}

export async function openHandOffArena(): Promise<HandOffArena> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startBenchServer());
  const { directory } = await createBenchTown(server, { name: "h", agents: 1, host: "pretended" });
  const env = { ...readEnvironment(), redisUrl: server.url, town: undefined };
  const town = stack.use(await openTown({ dir: directory, longLived: true, env }));
  const writer = stack.use(await connectIoredis(server.url));
  const reader = stack.use(await connectIoredis(server.url));
  const { id } = await getAgent(town, AGENT);
  const common = { url: server.url, agent: id, hostId: town.hostId };
  stack.use(startReceiver({ ...common, town: "", answers: RAW_ANSWERS }));
  stack.use(startReceiver({ ...common, town: town.name, answers: AGENT_ANSWERS }));
  const owned = stack.move();
  return { server, town, writer, reader, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Waits for the receiver's answer; not hearing from it would measure nothing. */
export async function nextAnswer(reader: RedisPort, answers: string): Promise<number> {
  const answer = await reader.blockingPop([answers], 30);
  if (!answer) throw new Error(`No answer on "${answers}": the receiver has ended`);
  return Number(answer[1]);
}
