import type { Cancellable, Task as FlowTask, Settled } from "tinytown";
import { asAgentId } from "../core/ids.ts";
import { isTerminalTaskState } from "../core/task.ts";
import { cancelTask, getTask, type TaskView } from "../services/tasks.ts";
import { summarize } from "../util/sanitize.ts";
import { captureCallSite } from "./call-site.ts";
import type { FlowScope } from "./flow-scope.ts";
import type { GivenTask } from "./task-book.ts";
import { TownError } from "./town-error.ts";
import { waitForOutcome } from "./wait-for-outcome.ts";

/** The object a flow's code holds for a task this flow gave. */
export function taskHandle(scope: FlowScope, task: GivenTask): FlowTask<string> {
  const { run } = scope;
  const result = async (options: Cancellable = {}): Promise<string> => {
    task.observed = true;
    const site = captureCallSite();
    const name = `the result of "${summarize(task.description, 40)}" (${task.agentName})`;
    await run.call({ name, site, ...options, lasting: true }, (signal) =>
      untilEnded(scope, task, signal),
    );
    return outcome(scope, task);
  };
  const handle: FlowTask<string> = {
    id: task.id,
    key: task.key,
    description: task.description,
    get agent() {
      return agentOf(scope, task);
    },
    state: () =>
      run.call(
        { name: "task.state()", site: captureCallSite() },
        async () => note(task, await getTask(run.town, task.id)).state,
      ),
    result,
    settled: (options) => settle(result(options)),
    cancel: (reason) =>
      run.call({ name: "task.cancel()", site: captureCallSite() }, async () => {
        task.observed = true;
        const view = await getTask(run.town, task.id);
        if (isTerminalTaskState(note(task, view).state)) return;
        note(task, await cancelTask(run.town, { task: task.id, ...(reason && { reason }) }));
      }),
  };
  return handle;
}

/** A task found in the town, whoever gave it. */
export function foundTask(scope: FlowScope, view: TaskView): FlowTask<string> {
  const given = scope.tasks.find(view.id);
  const task = given ?? {
    id: view.id,
    key: view.key ?? view.id,
    description: view.description,
    agentId: view.assignedTo ?? asAgentId(""),
    agentName: view.agentName ?? "nobody",
    site: undefined,
    givenAt: performance.now(),
    state: view.state,
    result: view.result,
    error: view.error,
    observed: true,
  };
  return taskHandle(scope, note(task, view));
}

/** Brings what is known about a task up to date. */
export function note(task: GivenTask, view: TaskView): GivenTask {
  task.state = view.state;
  task.result = view.result;
  task.error = view.error;
  return task;
}

export async function untilEnded(
  scope: FlowScope,
  task: GivenTask,
  signal: AbortSignal,
): Promise<void> {
  if (isTerminalTaskState(task.state)) return;
  note(task, await waitForOutcome(scope, task, signal));
}

/** The error a failed or cancelled task stands for; undefined for any other. */
export function taskError(scope: FlowScope, task: GivenTask): TownError | undefined {
  if (task.state !== "failed" && task.state !== "cancelled") return undefined;
  const verb = task.state === "failed" ? "failed" : "was cancelled";
  const reason = task.error === undefined ? "" : `: ${task.error}`;
  return new TownError({
    code: task.state === "failed" ? "TASK_FAILED" : "TASK_CANCELLED",
    message: `Task "${summarize(task.description, 60)}" of "${task.agentName}" ${verb}${reason}`,
    agent: task.agentName,
    task: taskHandle(scope, task),
    site: task.site,
    where: scope.run.where(task.site),
  });
}

function outcome(scope: FlowScope, task: GivenTask): string {
  const error = taskError(scope, task);
  if (error !== undefined) throw error;
  return task.result ?? "";
}

function agentOf(scope: FlowScope, task: GivenTask): FlowTask<string>["agent"] {
  const agent = scope.agents.byId(task.agentId);
  if (agent !== undefined) return agent;
  throw new TownError({
    code: "AGENT_NOT_FOUND",
    message: `Task "${task.id}" has no agent`,
    hint: "it has not been assigned, or its agent was removed",
  });
}

async function settle<T>(result: Promise<T>): Promise<Settled<T>> {
  try {
    return { ok: true, value: await result };
  } catch (error) {
    const isOutcome = error instanceof TownError && /^TASK_(FAILED|CANCELLED)$/.test(error.code);
    if (isOutcome) return { ok: false, error };
    throw error;
  }
}
