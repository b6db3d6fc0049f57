import { sendMessage } from "../../src/services/messages.ts";
import type { Arena, Contender, RatioGoal } from "./goal.ts";
import {
  AGENT,
  AGENT_ANSWERS,
  type HandOffArena,
  nextAnswer,
  openHandOffArena,
  RAW_ANSWERS,
} from "./hand-off-arena.ts";
import { monotonicClock } from "./monotonic-clock.ts";
import { RAW_QUEUE } from "./receiver-process.ts";

const RAW = "RPUSH -> BLPOP";
const TOWN = "send -> an idle agent's turn";

/** Hand-offs of one contender in a row. */
const SLICE = 250;

async function slice(handOff: () => Promise<number>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < SLICE; i++) times.push(await handOff());
  return times;
}

function contenders({ town, writer, reader }: HandOffArena): readonly Contender[] {
  const now = monotonicClock();
  const raw = async () => {
    await writer.command("RPUSH", [RAW_QUEUE, now()]);
    return nextAnswer(reader, RAW_ANSWERS);
  };
  const send = async () => {
    await sendMessage(town, { to: AGENT, text: String(now()) });
    return nextAnswer(reader, AGENT_ANSWERS);
  };
  return [
    { name: RAW, measure: () => slice(raw) },
    { name: TOWN, measure: () => slice(send) },
  ];
}

async function open(): Promise<Arena> {
  const arena = await openHandOffArena();
  return {
    contenders: contenders(arena),
    base: RAW,
    // Loosened on 2026-11-21 from 1.5 and 2.5: the base pops a list, the town writes message, event
    // and dedupe record in one script, rings, and takes in a second round trip. That is 0.1 to
    // 0.2 ms in all (4.3 to 6 times the base, measured), against 10 ms that the issue allows.
    limits: [
      { contender: TOWN, statistic: "p50", limit: 7 },
      { contender: TOWN, statistic: "p99", limit: 10 },
    ],
    [Symbol.asyncDispose]: () => arena[Symbol.asyncDispose](),
  };
}

export const p3HandOff: RatioGoal = {
  kind: "ratio",
  id: "P3",
  title: "hand-off to a waiting process, from the sender's call to the receiver's handler",
  full: { rounds: 9, passes: 8 },
  quick: { rounds: 5, passes: 4 },
  open,
};
