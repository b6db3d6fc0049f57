import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { AgentRef, AssignOptions, Task as FlowTask, TaskPromise } from "tinytown";
import { isUuid } from "../core/ids.ts";
import { assignTask, getTask } from "../services/tasks.ts";
import { lookupName } from "./agent-book.ts";
import { captureCallSite } from "./call-site.ts";
import type { FlowScope } from "./flow-scope.ts";
import { assignmentKey } from "./task-book.ts";
import { taskHandle } from "./task-handle.ts";
import { TownError } from "./town-error.ts";

interface Assignment {
  readonly agent: AgentRef;
  readonly text: string;
  readonly options: AssignOptions;
  readonly key: string;
  /** Set by `.result()` and `.settled()` on the promise, which may come before the task exists. */
  observed: boolean;
}

/** See `assign` in the flow API. */
export function assign(
  scope: FlowScope,
  agent: AgentRef,
  text: string,
  options: AssignOptions = {},
): TaskPromise<string> {
  const site = captureCallSite();
  const { run } = scope;
  const call = { name: "assign()", site, ...timing(options), lasting: true };
  // The key counts repeats, so it is taken now and not when the call is carried out.
  const assignment = prepare(scope, { agent, text, options });
  const task = run.call(call, async () => {
    if (assignment instanceof TownError) throw assignment;
    return await give(scope, assignment, site);
  });
  const observe = (): void => {
    if (!(assignment instanceof TownError)) assignment.observed = true;
  };
  return Object.assign(task, {
    result: async (waiting?: Parameters<FlowTask["result"]>[0]) => {
      observe();
      return await (await task).result(waiting);
    },
    settled: async (waiting?: Parameters<FlowTask["settled"]>[0]) => {
      observe();
      return await (await task).settled(waiting);
    },
  });
}

function prepare(
  scope: FlowScope,
  input: Pick<Assignment, "agent" | "text" | "options">,
): Assignment | TownError {
  try {
    const { agent, text, options } = input;
    assertText(text);
    const name = scope.agents.find(agent)?.name ?? String(agent).trim().toLowerCase();
    const context = (options.context ?? []).map((item) =>
      typeof item === "string" ? item : item.key,
    );
    const key =
      options.key === undefined
        ? scope.tasks.nextKey(assignmentKey(name, text, context))
        : scope.tasks.claimKey(options.key, text);
    return { ...input, key, observed: false };
  } catch (error) {
    if (error instanceof TownError) return error;
    throw error;
  }
}

async function give(
  scope: FlowScope,
  assignment: Assignment,
  site: ReturnType<typeof captureCallSite>,
): Promise<FlowTask<string>> {
  const { run, agents, tasks } = scope;
  const { text, options, key } = assignment;
  const agent = lookupName(agents, assignment.agent);
  const given = await assignTask(run.town, {
    agent,
    description: text,
    run: run.id,
    key,
    urgent: options.urgent ?? false,
    ...(options.tags && { tags: options.tags }),
    ...(options.parent !== undefined && { parent: idOf(options.parent) }),
    ...(options.context && { context: await usableContext(scope, options.context) }),
  });
  const task = tasks.add({
    id: given.taskId,
    key,
    description: text,
    agentId: given.agentId,
    agentName: given.agentName,
    site,
    givenAt: performance.now(),
    state: given.state,
    result: undefined,
    error: undefined,
    observed: assignment.observed,
  });
  task.observed ||= assignment.observed;
  agents.join(given.agentId);
  run.emit({
    type: given.existing ? "task.found" : "task.assigned",
    task: task.id,
    key,
    agent: task.agentName,
    description: text,
    where: run.where(site),
  });
  return taskHandle(scope, task);
}

/** Task ids and absolute paths; what would put nothing into the prompt is an error. */
async function usableContext(
  scope: FlowScope,
  context: NonNullable<AssignOptions["context"]>,
): Promise<string[]> {
  return await Promise.all(
    context.map(async (item) => {
      if (typeof item === "string" && !isUuid(item)) return existingFile(scope, item);
      const view = await getTask(scope.run.town, idOf(item));
      if (view.state === "completed") return view.id;
      throw new TownError({
        code: "INVALID_ARGUMENT",
        message: `Cannot use task "${view.id}" as context: it is ${view.state}`,
        hint: "await its result() first; only a completed task has a result to pass on",
      });
    }),
  );
}

function existingFile(scope: FlowScope, path: string): string {
  const file = resolve(scope.run.cwd, path);
  if (existsSync(file)) return file;
  throw new TownError({
    code: "INVALID_ARGUMENT",
    message: `Cannot use "${path}" as context: no such file`,
    hint: `paths are relative to ${scope.run.cwd}; text belongs into the task itself`,
  });
}

function idOf(task: FlowTask<unknown> | string): string {
  return typeof task === "string" ? task : task.id;
}

function assertText(text: unknown): void {
  if (typeof text === "string" && text.trim() !== "") return;
  throw new TownError({
    code: "INVALID_ARGUMENT",
    message: "Cannot assign a task without text",
    hint: 'assign(agent, "what to do")',
  });
}

function timing(options: AssignOptions): Pick<AssignOptions, "signal" | "timeout"> {
  return {
    ...(options.signal && { signal: options.signal }),
    ...(options.timeout !== undefined && { timeout: options.timeout }),
  };
}
