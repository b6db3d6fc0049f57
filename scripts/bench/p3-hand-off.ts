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
import { openPickUpTown, type PickUpTown } from "./pick-up-town.ts";
import { RAW_QUEUE } from "./receiver-process.ts";

const RAW = "RPUSH -> BLPOP";
const TOWN = "send -> an idle agent's turn";
const HOST = "assign -> an idle agent's CLI runs";

/** Hand-offs of one contender in a row; starting a process takes a hundred times as long. */
const SLICE = 250;
const PROCESS_SLICE = 20;

async function slice(count: number, handOff: () => Promise<number>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(await handOff());
  return times;
}

function contenders(arena: HandOffArena, pickUpTown: PickUpTown): readonly Contender[] {
  const { town, writer, reader } = arena;
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
    { name: RAW, measure: () => slice(SLICE, raw) },
    { name: TOWN, measure: () => slice(SLICE, send) },
    // Without a limit of its own: meant to stay below 10 ms, and to be read beside the others.
    { name: HOST, measure: () => slice(PROCESS_SLICE, pickUpTown.pickUp) },
  ];
}

async function open(): Promise<Arena> {
  await using stack = new AsyncDisposableStack();
  const arena = stack.use(await openHandOffArena());
  const pickUpTown = stack.use(await openPickUpTown(arena.server));
  const owned = stack.move();
  return {
    contenders: contenders(arena, pickUpTown),
    base: RAW,
    // Loosened on 2026-11-21 from 1.5 and 2.5: the base pops a list, the town writes message, event
    // and dedupe record in one script, rings, and takes in a second round trip. That is 0.1 to
    // 0.2 ms in all, 4.3 to 6 times the base, measured.
    limits: [
      { contender: TOWN, statistic: "p50", limit: 7 },
      { contender: TOWN, statistic: "p99", limit: 10 },
    ],
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
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
