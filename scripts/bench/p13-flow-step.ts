import { assignTask } from "../../src/services/tasks.ts";
import { waitForTask } from "../../src/services/wait-for-task.ts";
import type { Arena, Contender, RatioGoal } from "./goal.ts";
import {
  AGENT,
  type HandOffArena,
  nextAnswer,
  openHandOffArena,
  RAW_ANSWERS,
} from "./hand-off-arena.ts";
import { RAW_QUEUE } from "./receiver-process.ts";

const RAW = "ping-pong over two lists";
const STEP = "assign and wait for the task";

/** Steps of one contender in a row. */
const SLICE = 100;

async function slice(step: () => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < SLICE; i++) {
    const started = Bun.nanoseconds();
    await step();
    times.push((Bun.nanoseconds() - started) / 1000);
  }
  return times;
}

function contenders({ town, writer, reader }: HandOffArena): readonly Contender[] {
  const pingPong = async () => {
    await writer.command("RPUSH", [RAW_QUEUE, 0]);
    await nextAnswer(reader, RAW_ANSWERS);
  };
  const step = async () => {
    const { taskId } = await assignTask(town, { agent: AGENT, description: "0" });
    await waitForTask(town, { task: taskId });
  };
  return [
    { name: RAW, measure: () => slice(pingPong) },
    { name: STEP, measure: () => slice(step) },
  ];
}

async function open(): Promise<Arena> {
  const arena = await openHandOffArena();
  return {
    contenders: contenders(arena),
    base: RAW,
    // Loosened on 2026-11-21 from 3: a step is four scripts (assign, take, finish, read) with records
    // and events, two wake-ups and the event stream between them; 0.3 to 0.6 ms measured, 5 to 9
    // times the base.
    limits: [{ contender: STEP, statistic: "p50", limit: 9 }],
    [Symbol.asyncDispose]: () => arena[Symbol.asyncDispose](),
  };
}

export const p13FlowStep: RatioGoal = {
  kind: "ratio",
  id: "P13",
  title: "one step of a flow, with an agent whose turn takes no time",
  full: { rounds: 9, passes: 8 },
  quick: { rounds: 5, passes: 4 },
  open,
};
