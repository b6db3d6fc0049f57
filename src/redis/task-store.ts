import { AGENT_STATES, type AgentState } from "../core/agent.ts";
import { type AgentId, asAgentId, asTaskId, type MessageId, type TaskId } from "../core/ids.ts";
import { TASK_STATES, type Task, type TaskState } from "../core/task.ts";
import { CHUNK } from "./agent-store.ts";
import { type RedisReply, recordFrom } from "./port.ts";
import { RecordFields } from "./record-fields.ts";
import type { TownStore } from "./town-store.ts";

export interface NewAssignment {
  readonly agent: string;
  readonly taskId: TaskId;
  readonly messageId: MessageId;
  readonly from: AgentId;
  readonly description: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly urgent: boolean;
  readonly parent: string | undefined;
  readonly run: string | undefined;
  readonly key: string | undefined;
  readonly queueLimit: number;
  readonly context: readonly string[];
}

export interface Assignment {
  readonly taskId: TaskId;
  readonly agentId: AgentId;
  readonly agentName: string;
  /** The same run and key had been assigned before. */
  readonly existing: boolean;
  readonly state: TaskState;
  /** The host that runs the agent. */
  readonly hostId: string;
}

export interface TaskRow {
  readonly task: Task;
  readonly agentName: string | undefined;
  /** undefined also for the conductor, who has no state. */
  readonly agentState: AgentState | undefined;
  readonly agentReason: string | undefined;
  readonly hostId: string | undefined;
}

export async function storeAssignment(
  store: TownStore,
  assignment: NewAssignment,
): Promise<Assignment> {
  const [status, taskId, agentId, name, state, hostId] = await store.run(
    "assign",
    `Cannot assign to "${assignment.agent}"`,
    [
      assignment.agent,
      assignment.taskId,
      assignment.messageId,
      assignment.from,
      assignment.description,
      assignment.summary,
      JSON.stringify(assignment.tags),
      assignment.urgent ? "1" : "",
      assignment.parent ?? "",
      assignment.run ?? "",
      assignment.key ?? "",
      assignment.queueLimit,
      JSON.stringify(assignment.context),
    ],
  );
  return {
    taskId: asTaskId(String(taskId)),
    agentId: asAgentId(String(agentId)),
    agentName: String(name),
    existing: status === 1,
    state: TASK_STATES.find((word) => word === state) ?? "assigned",
    hostId: String(hostId),
  };
}

/** @throws NotFoundError E_TASK_NOT_FOUND, ConflictError E_AMBIGUOUS */
export async function resolveTask(store: TownStore, action: string, ref: string): Promise<TaskId> {
  const [, id] = await store.run("resolve", action, ["task", ref]);
  return asTaskId(String(id));
}

export interface TaskClosing {
  readonly task: string;
  readonly state: "completed" | "failed" | "cancelled";
  /** The result, or why. */
  readonly text: string;
  readonly summary: string;
  /** Makes a call that is sent again the same call. Default: a new one. */
  readonly requestId?: string;
}

/** @throws ConflictError E_TASK_CLOSED when it has ended already */
export async function closeTask(
  store: TownStore,
  action: string,
  closing: TaskClosing,
): Promise<TaskId> {
  const [, id] = await store.run("closeTask", action, [
    closing.task,
    closing.state,
    closing.text,
    closing.summary,
    closing.requestId ?? crypto.randomUUID(),
  ]);
  return asTaskId(String(id));
}

/** The newest `count` ids in a state, newest first. */
export async function newestTaskIds(
  store: TownStore,
  state: TaskState,
  count: number,
): Promise<readonly TaskId[]> {
  const reply = await store.command("Cannot read tasks", "ZRANGE", [
    store.keys.tasks(state),
    0,
    count - 1,
    "REV",
  ]);
  return Array.isArray(reply) ? reply.map((id) => asTaskId(String(id))) : [];
}

/** Ids in a state, oldest first. */
export async function taskIds(store: TownStore, state: TaskState): Promise<readonly TaskId[]> {
  const reply = await store.command("Cannot read tasks", "ZRANGE", [
    store.keys.tasks(state),
    0,
    -1,
  ]);
  return Array.isArray(reply) ? reply.map((id) => asTaskId(String(id))) : [];
}

export async function taskTotals(store: TownStore): Promise<Record<TaskState, number>> {
  const counts = await Promise.all(
    TASK_STATES.map((state) =>
      store.command("Cannot count tasks", "ZCARD", [store.keys.tasks(state)]),
    ),
  );
  const total = (state: TaskState) => Number(counts[TASK_STATES.indexOf(state)] ?? 0);
  return {
    pending: total("pending"),
    assigned: total("assigned"),
    running: total("running"),
    completed: total("completed"),
    failed: total("failed"),
    cancelled: total("cancelled"),
  };
}

/** In the order of `ids`; ids without a record are left out. */
export async function taskRows(
  store: TownStore,
  ids: readonly TaskId[],
): Promise<readonly TaskRow[]> {
  const chunks = [];
  for (let i = 0; i < ids.length; i += CHUNK) chunks.push(ids.slice(i, i + CHUNK));
  const replies = await Promise.all(
    chunks.map((chunk) => store.run("taskRecords", "Cannot read tasks", chunk)),
  );
  return replies.flatMap(([, ...rows]) => rows.flatMap((row) => taskRow(store, row)));
}

function taskRow(store: TownStore, row: RedisReply): readonly TaskRow[] {
  const [id, flat, ...agent] = Array.isArray(row) ? row : [];
  if (!Array.isArray(flat) || flat.length === 0) return [];
  const [name, state, reason, hostId] = agent.map((field) => (field ? String(field) : undefined));
  return [
    {
      task: decodeTask(store.keys.task(String(id)), flat),
      agentName: name,
      agentState: AGENT_STATES.find((known) => known === state),
      agentReason: reason,
      hostId,
    },
  ];
}

export function decodeTask(key: string, flat: readonly RedisReply[]): Task {
  const fields = new RecordFields(key, recordFrom(flat));
  const agent = fields.optional("assigned_to");
  const parent = fields.optional("parent_id");
  return {
    id: asTaskId(fields.text("id")),
    description: fields.text("description"),
    state: fields.oneOf("state", TASK_STATES, "pending"),
    assignedTo: agent === undefined ? undefined : asAgentId(agent),
    createdAt: fields.date("created_at"),
    updatedAt: fields.date("updated_at"),
    startedAt: fields.optionalDate("started_at"),
    completedAt: fields.optionalDate("completed_at"),
    result: fields.optional("result"),
    error: fields.optional("error"),
    outcome: fields.optional("outcome"),
    lastFailure: fields.optional("last_failure"),
    tags: fields.strings("tags"),
    context: fields.strings("context"),
    parentId: parent === undefined ? undefined : asTaskId(parent),
    attempts: fields.count("attempts"),
    run: fields.optional("run"),
    key: fields.optional("key"),
  };
}
