import { UsageError } from "../core/errors.ts";
import { type AgentId, newMessageId, newTaskId, SUPERVISOR_ID, type TaskId } from "../core/ids.ts";
import { isTerminalTaskState, TASK_STATES, type Task, type TaskState } from "../core/task.ts";
import { agentRows, resolveAgents } from "../redis/agent-store.ts";
import {
  type Assignment,
  closeTask,
  resolveTask,
  storeAssignment,
  type TaskRow,
  taskIds,
  taskRows,
} from "../redis/task-store.ts";
import { summarize } from "../util/sanitize.ts";
import { callingAgent } from "./calling-agent.ts";
import { requireHostHere } from "./host-here.ts";
import type { Town } from "./town.ts";

const SUMMARY_LENGTH = 80;

export interface AssignInput {
  /** Name, nickname, id or unique prefix. */
  readonly agent: string;
  readonly description: string;
  readonly tags?: readonly string[] | undefined;
  /** Served before the regular inbox. */
  readonly urgent?: boolean | undefined;
  readonly parent?: string | undefined;
  /** With `key`: identity inside a flow run; the same again gives the same task. */
  readonly run?: string | undefined;
  readonly key?: string | undefined;
  /** Ids of tasks whose results, and paths of files whose content, go into the prompt. */
  readonly context?: readonly string[] | undefined;
}

export type AssignResult = Assignment;

/** A task and the name of its agent. */
export type TaskView = Task & { readonly agentName: string | undefined };

/**
 * Creates a task and puts it into the agent's inbox in one step; durable when it resolves.
 * @throws NotFoundError E_AGENT_NOT_FOUND, ConflictError E_AMBIGUOUS, E_AGENT_STOPPED, E_INBOX_FULL
 */
export async function assignTask(town: Town, input: AssignInput): Promise<Assignment> {
  if (input.description.trim() === "") throw new UsageError("The task text is empty");
  const assignment = await storeAssignment(town.store, {
    agent: input.agent,
    taskId: newTaskId(),
    messageId: newMessageId(),
    from: (town.env.agentId ?? SUPERVISOR_ID) as AgentId,
    description: input.description,
    summary: summarize(input.description, SUMMARY_LENGTH),
    tags: input.tags ?? [],
    urgent: input.urgent ?? false,
    parent: input.parent,
    run: input.run,
    key: input.key,
    queueLimit: town.config.agent.inboxLimit,
    context: input.context ?? [],
  });
  await requireHostHere(town, assignment.hostId);
  return assignment;
}

/** @throws NotFoundError E_TASK_NOT_FOUND, ConflictError E_AMBIGUOUS */
export async function getTask(town: Town, ref: string): Promise<TaskView> {
  const id = await resolveTask(town.store, "Cannot find the task", ref);
  return readTask(town, id);
}

async function readTask(town: Town, id: TaskId): Promise<TaskView> {
  const [row] = await taskRows(town.store, [id]);
  if (row === undefined) throw new Error(`Task ${id} has an index entry but no record`);
  return view(row);
}

export interface TaskFilter {
  readonly state?: TaskState | undefined;
  readonly agent?: string | undefined;
  readonly tag?: string | undefined;
  /** The newest so many. Default: all. */
  readonly limit?: number | undefined;
}

/** Oldest first. */
export async function listTasks(town: Town, filter: TaskFilter = {}): Promise<readonly TaskView[]> {
  const states = filter.state === undefined ? TASK_STATES : [filter.state];
  const [agent] =
    filter.agent === undefined
      ? []
      : await resolveAgents(town.store, "Cannot list tasks", [filter.agent]);
  const ids = await Promise.all(states.map((state) => taskIds(town.store, state)));
  // A task that changes its state while the lists are read is in two of them.
  const rows = await taskRows(town.store, [...new Set(ids.flat())].sort());
  const found = rows
    .map(view)
    .filter((task) => agent === undefined || task.assignedTo === agent)
    .filter((task) => filter.tag === undefined || task.tags.includes(filter.tag));
  return filter.limit === undefined ? found : found.slice(-filter.limit);
}

/** The task an agent works on now, else its only open one; the calling agent without a name. */
export async function currentTask(
  town: Town,
  ref: string | undefined,
): Promise<TaskView | undefined> {
  const agentRef = ref ?? callingAgent(town);
  if (agentRef === undefined) {
    throw new UsageError(
      "Whose task? This command does not run inside an agent",
      "tt task current AGENT",
    );
  }
  const ids = await resolveAgents(town.store, "Cannot find the current task", [agentRef]);
  const [row] = await agentRows(town.store, ids);
  if (row?.agent.currentTask) return readTask(town, row.agent.currentTask);
  const open = (await listTasks(town, { agent: agentRef })).filter(
    (task) => !isTerminalTaskState(task.state),
  );
  return open.length === 1 ? open[0] : undefined;
}

/** @throws ConflictError E_TASK_CLOSED when it has ended already */
export function completeTask(
  town: Town,
  input: { readonly task: string; readonly result?: string | undefined },
): Promise<TaskView> {
  return close(town, input.task, { state: "completed", text: input.result ?? "" });
}

/** @throws ConflictError E_TASK_CLOSED */
export function failTask(
  town: Town,
  input: { readonly task: string; readonly reason: string },
): Promise<TaskView> {
  return close(town, input.task, { state: "failed", text: input.reason });
}

/** Takes it out of the queue, or ends the turn that works on it. @throws ConflictError E_TASK_CLOSED */
export function cancelTask(
  town: Town,
  input: { readonly task: string; readonly reason?: string | undefined },
): Promise<TaskView> {
  return close(town, input.task, { state: "cancelled", text: input.reason ?? "" });
}

const VERBS = { completed: "complete", failed: "fail", cancelled: "cancel" } as const;

async function close(
  town: Town,
  task: string,
  end: { readonly state: keyof typeof VERBS; readonly text: string },
): Promise<TaskView> {
  const id = await closeTask(town.store, `Cannot ${VERBS[end.state]} the task`, {
    task,
    state: end.state,
    text: end.text,
    summary: summarize(end.text, SUMMARY_LENGTH) || end.state,
  });
  return readTask(town, id);
}

function view({ task, agentName }: TaskRow): TaskView {
  return { ...task, agentName };
}
