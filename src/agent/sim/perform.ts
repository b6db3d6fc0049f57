import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ignoreTermination } from "../../process/ignore-termination.ts";
import { sleep } from "../../util/sleep.ts";
import { unreachable } from "../../util/unreachable.ts";
import { performBackground, performCommand, performTt } from "./command-steps.ts";
import type { Directive } from "./directives.ts";
import { performFileStep } from "./file-steps.ts";
import { failed, logTool, NEXT, type SimTurn, type StepResult } from "./sim-turn.ts";

/** @throws the signal's reason once the turn is asked to end */
export async function perform(step: Directive, turn: SimTurn): Promise<StepResult> {
  const { io } = turn;
  switch (step.do) {
    case "answer":
      turn.answer.push(step.text);
      return NEXT;
    case "stderr":
      await io.writeError(step.text);
      return NEXT;
    case "delay":
      await sleep(step.ms, io.signal);
      return NEXT;
    case "flood":
      await flood(step.bytes, turn);
      return NEXT;
    case "read":
    case "write":
    case "append":
    case "replace":
      return performFileStep(step, turn);
    case "run":
    case "show":
      return performCommand(step.argv, turn, { show: step.do === "show" });
    case "background":
      return performBackground(step.argv, turn);
    case "tt":
      return performTt(step.argv, turn);
    case "complete":
      return closeTask(["complete", "--result", step.text], turn);
    case "task-fail":
      return closeTask(["fail", "--reason", step.text], turn);
    case "once":
      return (await isFirstTime(step.key, turn)) ? perform(step.directive, turn) : NEXT;
    case "misread":
      return failed(step.problem);
    case "report":
      return { kind: "end", exitCode: 1, result: { outcome: step.outcome, text: step.text } };
    case "exit":
      return exitWith(step.code, turn);
    case "empty":
      return { kind: "end", exitCode: 0, result: undefined };
    case "crash":
      process.kill(process.pid, "SIGKILL");
      return hang();
    case "hang":
      if (step.hard) ignoreTermination();
      await logTool(io, { name: "hang" });
      return hang(step.hard ? undefined : io.signal);
    default:
      return unreachable(step);
  }
}

function closeTask(words: readonly [string, ...string[]], turn: SimTurn) {
  const { kind, id } = turn.work;
  const [verb, ...rest] = words;
  if (kind !== "task") return failed(`Cannot ${verb} a task: this turn is about a message`);
  return performTt(["task", verb, id, ...rest], turn);
}

function exitWith(exitCode: number, turn: SimTurn): StepResult {
  const text = turn.answer.join("\n");
  const result = exitCode === 0 ? ({ outcome: "done", text } as const) : undefined;
  return { kind: "end", exitCode, result };
}

const FLOOD_LINE = "x".repeat(8_000);

async function flood(bytes: number, { io }: SimTurn): Promise<void> {
  for (let left = bytes; left > 0; left -= FLOOD_LINE.length) {
    io.signal.throwIfAborted();
    await logTool(io, { name: "flood", output: FLOOD_LINE.slice(0, left) });
  }
}

/**
 * By the attempt that the prompt names, and by a file, for the attempt that ended before anybody
 * could count it.
 */
async function isFirstTime(key: string, { io, work }: SimTurn): Promise<boolean> {
  if (work.attempt > 1) return false;
  const directory = io.env.TT_SIM_STATE_DIR;
  if (directory === undefined) return true;
  const mark = join(directory, `sim-once-${Bun.hash(`${work.id} ${key}`).toString(36)}`);
  try {
    await writeFile(mark, "", { flag: "wx" });
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw cause;
  }
}

const A_DAY_MS = 86_400_000;

/** A pending promise alone would let the process end; a timer holds it. */
async function hang(signal?: AbortSignal): Promise<never> {
  for (;;) await sleep(A_DAY_MS, signal);
}
