import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Directive } from "./directives.ts";
import { inside } from "./inside.ts";
import { failed, logTool, NEXT, type SimTurn, type StepResult } from "./sim-turn.ts";

export type FileDirective = Extract<Directive, { readonly file: string }>;

export async function performFileStep(step: FileDirective, turn: SimTurn): Promise<StepResult> {
  try {
    const path = await inside(turn.io.cwd, step.file);
    if (path === undefined) {
      return failed(`Cannot ${step.do} "${step.file}": it is outside the working directory`);
    }
    return await perform(step, path, turn);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return failed(`Cannot ${step.do} "${step.file}": ${why}`);
  }
}

async function perform(step: FileDirective, path: string, turn: SimTurn): Promise<StepResult> {
  const tool = { name: step.do, input: step.file };
  switch (step.do) {
    case "read": {
      const text = await readFile(path, "utf8");
      await logTool(turn.io, { ...tool, output: text });
      turn.answer.push(text.trimEnd());
      return NEXT;
    }
    case "write":
    case "append":
      await mkdir(dirname(path), { recursive: true });
      await (step.do === "write" ? writeFile : appendFile)(path, `${step.text}\n`);
      break;
    case "replace": {
      const before = await readFile(path, "utf8");
      const after = before.replace(step.pattern, step.text);
      if (after === before) {
        return failed(`Cannot replace in "${step.file}": nothing matches ${step.pattern}`);
      }
      await writeFile(path, after);
    }
  }
  await logTool(turn.io, tool);
  return NEXT;
}
