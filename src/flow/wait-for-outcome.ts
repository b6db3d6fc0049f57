import { TinytownError } from "../core/errors.ts";
import { isTerminalTaskState } from "../core/task.ts";
import { getTask, type TaskView } from "../services/tasks.ts";
import { waitForTask } from "../services/wait-for-task.ts";
import type { FlowScope } from "./flow-scope.ts";
import type { GivenTask } from "./task-book.ts";
import { toTownError } from "./town-error.ts";

/** Resolves when the task has ended; rejects when its agent has and the task is left over. */
export async function waitForOutcome(
  { run }: FlowScope,
  task: GivenTask,
  signal: AbortSignal,
): Promise<TaskView> {
  try {
    return await waitForTask(run.town, { task: task.id, signal });
  } catch (error) {
    if (!(error instanceof TinytownError) || signal.aborted) throw error;
    // The agent may have ended the task as the last thing it did.
    const view = await getTask(run.town, task.id).catch(() => undefined);
    if (view !== undefined && isTerminalTaskState(view.state)) return view;
    const where = run.where(task.site);
    throw toTownError(error, { agent: task.agentName, site: task.site, where });
  }
}
