import { asAgentId } from "../../src/core/ids.ts";
import { connectIoredis } from "../../src/redis/ioredis-client.ts";
import type { RedisPort } from "../../src/redis/port.ts";
import { TownStore } from "../../src/redis/town-store.ts";
import { adoptAgent, finishTurn, takeWork } from "../../src/redis/turn-store.ts";
import { monotonicClock } from "./monotonic-clock.ts";
import { RAW_QUEUE, type ReceiverOptions } from "./receiver-process.ts";

/**
 * The receiving end of a hand-off, in a process of its own as in a real town. The text that is
 * handed over is the time at which it was sent; the latency of each goes to a list, but only when
 * the next blocking read is on its way, so that every hand-off finds a receiver that waits.
 */
const now = monotonicClock();
const WAIT_SECONDS = 60;

async function receiveRaw(reader: RedisPort, writer: RedisPort, answers: string): Promise<never> {
  for (let next = reader.blockingPop([RAW_QUEUE], WAIT_SECONDS); ; ) {
    const item = await next;
    const latency = now() - Number(item?.[1]);
    next = reader.blockingPop([RAW_QUEUE], WAIT_SECONDS);
    if (item) await writer.command("RPUSH", [answers, latency]);
  }
}

/** The loop of an agent, with a turn that takes no time. */
async function receiveAsAgent(reader: RedisPort, store: TownStore, options: ReceiverOptions) {
  const agentId = asAgentId(options.agent);
  const epoch = await adopt(store, options);
  const owner = { agentId, epoch };
  const bell = store.keys.bell(agentId);
  let latencies: number[] = [];
  for (let turn = 0; ; ) {
    const taken = await takeWork(store, owner, `t${turn}`);
    if (taken.kind === "work") {
      latencies.push(now() - Number(taken.work.message.text));
      await finishTurn(store, owner, `t${turn}`, {
        action: "complete",
        outcome: "done",
        text: "done",
        summary: "done",
        delayMs: 0,
        counts: true,
        sessionId: undefined,
      });
      turn += 1;
      continue;
    }
    const woken = reader.blockingPop([bell], WAIT_SECONDS);
    if (latencies.length > 0) await store.port.command("RPUSH", [options.answers, ...latencies]);
    latencies = [];
    await woken;
  }
}

async function adopt(store: TownStore, { agent, hostId }: ReceiverOptions): Promise<number> {
  const adopted = await adoptAgent(store, asAgentId(agent), {
    hostId,
    leaseMs: 3_600_000,
    sure: true,
    maxAttempts: 4,
    revive: false,
  });
  if (adopted.kind !== "owned") throw new Error(`Cannot adopt the agent: ${adopted.kind}`);
  return adopted.agent.epoch;
}

const options: ReceiverOptions = JSON.parse(process.argv[2] ?? "");
const reader = await connectIoredis(options.url);
const writer = await connectIoredis(options.url);
if (options.town === "") await receiveRaw(reader, writer, options.answers);
else await receiveAsAgent(reader, new TownStore(writer, options.town), options);
