import { isTerminalTaskState } from "../core/task.ts";
import { getTask } from "../services/tasks.ts";
import type { FlowScope } from "./flow-scope.ts";
import type { GivenTask } from "./task-book.ts";
import { note, untilEnded } from "./task-handle.ts";
import { TownError } from "./town-error.ts";

/** Waits for the tasks the flow gave and never waited for, so that none is left unresolved. */
export async function settleOpenTasks(scope: FlowScope): Promise<void> {
  const open = await openTasks(scope);
  if (open.length === 0) return;
  const { run } = scope;
  run.emit({
    type: "flow.open-tasks",
    tasks: open.map((task) => ({
      task: task.id,
      key: task.key,
      agent: task.agentName,
      description: task.description,
      where: run.where(task.site),
    })),
  });
  await run.call({ name: "the flow's end", site: undefined }, async (signal) => {
    await Promise.all(open.map((task) => untilEnded(scope, task, signal)));
  });
}

/** What a flow that asked to exit left undone. */
export async function unresolvedTasks(scope: FlowScope): Promise<TownError | undefined> {
  const open = await openTasks(scope);
  const [first] = open;
  if (first === undefined) return undefined;
  const names = open.map((task) => `"${task.agentName}"`).join(", ");
  return new TownError({
    code: "TASK_FAILED",
    message: `The flow exited while ${open.length} of its tasks were open (${names})`,
    hint: "await their result() or waitForIdle() before process.exit",
    site: first.site,
    where: scope.run.where(first.site),
  });
}

/** After a look at each: the town may have ended some since. */
async function openTasks(scope: FlowScope): Promise<readonly GivenTask[]> {
  const open = scope.tasks.open();
  await Promise.all(open.map(async (task) => note(task, await getTask(scope.run.town, task.id))));
  return open.filter((task) => !isTerminalTaskState(task.state));
}
