import { runCommand, startDetached } from "../../process/run-command.ts";
import { selfCommand } from "../../process/self.ts";
import { joinCommand } from "../../util/split-command.ts";
import { failed, logTool, NEXT, type SimTurn, type StepResult } from "./sim-turn.ts";

export interface CommandStepOptions {
  /** Its output becomes part of the answer. */
  readonly show: boolean;
}

/** A command of the project: what it exits with is news, not a failure of the turn. */
export async function performCommand(
  argv: readonly string[],
  turn: SimTurn,
  options: CommandStepOptions,
): Promise<StepResult> {
  const { code, output } = await runAndLog(argv, turn);
  if (options.show && output.trim() !== "") turn.answer.push(output.trim());
  if (code !== 0) turn.answer.push(`"${joinCommand(argv)}" exited with code ${code}`);
  return NEXT;
}

/** A command of this program: the flow depends on it, so a refusal fails the turn. */
export async function performTt(args: readonly string[], turn: SimTurn): Promise<StepResult> {
  const { code, output } = await runAndLog(selfCommand(args), turn);
  if (code === 0) return NEXT;
  const why = output.trim().split("\n").at(-1) ?? "";
  return failed(`"tt ${joinCommand(args)}" exited with code ${code}: ${why}`);
}

export async function performBackground(
  argv: readonly string[],
  turn: SimTurn,
): Promise<StepResult> {
  const { io } = turn;
  const started = startDetached(argv, { cwd: io.cwd, env: io.env });
  if ("problem" in started) return failed(`Cannot start "${argv[0]}": ${started.problem}`);
  const output = `pid ${started.pid}`;
  await logTool(io, { name: "background", input: joinCommand(argv), output });
  return NEXT;
}

async function runAndLog(argv: readonly string[], { io }: SimTurn) {
  const { cwd, env, signal } = io;
  const { code, stdout, stderr } = await runCommand(argv, { cwd, env, signal });
  signal.throwIfAborted();
  const output = stdout + stderr;
  await logTool(io, { name: "run", input: joinCommand(argv), output, exitCode: code });
  return { code, output };
}
