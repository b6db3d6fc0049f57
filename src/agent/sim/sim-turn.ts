import type { PromptedWork } from "../../core/prompt-markers.ts";
import type { TurnOutcome } from "../../core/turn.ts";
import type { SimIo } from "./sim-io.ts";

/** One turn of `sim` while it runs. */
export interface SimTurn {
  readonly io: SimIo;
  readonly work: PromptedWork;
  /** Lines of the answer so far. */
  readonly answer: string[];
}

/** How a turn ends. */
export interface SimEnd {
  readonly exitCode: number;
  /** Undefined: no result is printed. */
  readonly result: { readonly outcome: TurnOutcome; readonly text: string } | undefined;
}

export interface StepEnd extends SimEnd {
  readonly kind: "end";
}

export type StepResult = { readonly kind: "next" } | StepEnd;

export const NEXT: StepResult = { kind: "next" };

export function failed(text: string): StepEnd {
  return { kind: "end", exitCode: 1, result: { outcome: "failed", text } };
}

export interface ToolEvent {
  readonly name: string;
  readonly input?: string;
  readonly output?: string;
  readonly exitCode?: number;
}

/** Writes a line of the transcript. */
export async function logTool(io: SimIo, event: ToolEvent): Promise<void> {
  const { exitCode, ...rest } = event;
  const code = exitCode === undefined ? {} : { exit_code: exitCode };
  await io.write(JSON.stringify({ type: "tool", ...rest, ...code }));
}
