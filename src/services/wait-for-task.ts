import { NotFoundError } from "../core/errors.ts";
import { SUPERVISOR_ID, type TaskId } from "../core/ids.ts";
import { isTerminalTaskState } from "../core/task.ts";
import { type TaskRow, taskRows } from "../redis/task-store.ts";
import { rejectEnded } from "./ended-agent.ts";
import { requireHostHere } from "./host-here.ts";
import type { TaskView } from "./tasks.ts";
import type { Town } from "./town.ts";
import { until } from "./until.ts";

export interface TaskWait {
  readonly task: TaskId;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const ENDS: readonly string[] = ["task_completed", "task_failed", "task_cancelled"];

/**
 * Resolves when the task has ended, in whichever state.
 * @throws TimeoutError, NotFoundError, ConflictError E_AGENT_STOPPED and AgentError E_AGENT_FAILED
 * when nobody will work on it any more
 */
export function waitForTask(town: Town, wait: TaskWait): Promise<TaskView> {
  return until(town, {
    probe: async () => {
      const [row] = await taskRows(town.store, [wait.task]);
      if (row === undefined) {
        throw new NotFoundError({
          code: "E_TASK_NOT_FOUND",
          message: `Task ${wait.task} is gone`,
        });
      }
      if (isTerminalTaskState(row.task.state)) return { ...row.task, agentName: row.agentName };
      await requireWorker(town, row);
      return undefined;
    },
    relevant: (event) =>
      event.type === "agent_stopped" || (event.taskId === wait.task && ENDS.includes(event.type)),
    describe: () => `Task ${wait.task} has not ended in time`,
    timeoutMs: wait.timeoutMs,
    signal: wait.signal,
  });
}

/** An open task needs an agent that has not ended, and that agent a host. */
async function requireWorker(town: Town, row: TaskRow): Promise<void> {
  const { assignedTo } = row.task;
  if (assignedTo === undefined || assignedTo === SUPERVISOR_ID) return;
  const { agentName: name = assignedTo, agentState: state, agentReason: reason } = row;
  await rejectEnded(town, [{ name, state, reason }]);
  await requireHostHere(town, row.hostId ?? "");
}
