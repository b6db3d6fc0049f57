import type { AgentState } from "../core/agent.ts";
import { UsageError } from "../core/errors.ts";
import {
  type AgentId,
  asAgentId,
  type MessageId,
  newMessageId,
  SUPERVISOR_ID,
  type TaskId,
} from "../core/ids.ts";
import {
  type Message,
  type MessageCategory,
  type MessageKind,
  messageCategory,
  messagePayload,
} from "../core/message.ts";
import { agentRows, allAgentIds, resolveAgents } from "../redis/agent-store.ts";
import { peekQueues, type Queues, storeMessage } from "../redis/inbox-store.ts";
import { taskRows } from "../redis/task-store.ts";
import { summarize } from "../util/sanitize.ts";
import { callingAgent } from "./calling-agent.ts";
import { requireHostHere } from "./host-here.ts";
import type { Town } from "./town.ts";

const SUMMARY_LENGTH = 80;
/** Messages of each queue that a look into an inbox shows. */
const PEEK_LIMIT = 100;

export interface SendInput {
  /** An agent, or `conductor`. */
  readonly to: string;
  readonly text: string;
  /** Default `task`: something to act on. */
  readonly kind?: MessageKind | undefined;
  /** Served before the regular inbox, first come first served. */
  readonly urgent?: boolean | undefined;
  /** Default: the agent that runs the command, else the conductor. */
  readonly from?: string | undefined;
  /** The message it answers. */
  readonly replyTo?: string | undefined;
}

export interface SendResult {
  readonly messageId: MessageId;
  readonly toId: AgentId;
  readonly toName: string;
  readonly fromId: AgentId;
  readonly kind: MessageKind;
  readonly urgent: boolean;
}

/**
 * Sends a message; durable when it resolves.
 * @throws NotFoundError E_AGENT_NOT_FOUND, ConflictError E_AMBIGUOUS, E_AGENT_STOPPED, E_INBOX_FULL
 */
export async function sendMessage(town: Town, input: SendInput): Promise<SendResult> {
  if (input.text.trim() === "") throw new UsageError("The message is empty");
  const kind = input.kind ?? "task";
  const urgent = input.urgent ?? false;
  const text = input.text.toWellFormed(); // half a surrogate pair has no place in JSON
  const { type, fields } = messagePayload(kind, text);
  const { hostId, ...sent } = await storeMessage(town.store, {
    to: input.to,
    id: newMessageId(),
    from: input.from ?? callingAgent(town),
    type,
    fields,
    summary: summarize(text, SUMMARY_LENGTH),
    urgent,
    correlationId: input.replyTo,
    queueLimit: town.config.agent.inboxLimit,
  });
  await requireHostHere(town, hostId);
  return { ...sent, kind, urgent };
}

/** A message with the names a reader wants. */
export type MessageView = Message & {
  readonly fromName: string;
  readonly category: MessageCategory;
  /** Of an assignment: the task's full text. */
  readonly taskDescription: string | undefined;
};

export interface Inbox {
  readonly agentId: AgentId;
  readonly name: string;
  /** undefined for the conductor. */
  readonly state: AgentState | undefined;
  readonly urgent: readonly MessageView[];
  readonly messages: readonly MessageView[];
  /** Information and acknowledgements that wait for the next prompt. */
  readonly notes: readonly MessageView[];
  /** Over the messages shown, by category. */
  readonly counts: Readonly<Record<MessageCategory, number>>;
}

/** Looks into an inbox without taking anything; the oldest 100 of each queue. */
export async function readInbox(town: Town, ref: string): Promise<Inbox> {
  const [id] = await resolveAgents(town.store, "Cannot read the inbox", [ref]);
  const [inbox] = await readInboxes(town, id === undefined ? [] : [id]);
  if (inbox === undefined) throw new Error(`Agent ${ref} has a name but no record`);
  return inbox;
}

/** Every agent's inbox in the order of the agents' ids, the conductor's last. */
export async function readAllInboxes(town: Town): Promise<readonly Inbox[]> {
  return readInboxes(town, [...(await allAgentIds(town.store)), SUPERVISOR_ID]);
}

async function readInboxes(town: Town, ids: readonly AgentId[]): Promise<readonly Inbox[]> {
  const queues = await Promise.all(ids.map((id) => peekQueues(town.store, id, PEEK_LIMIT)));
  const all = queues.flatMap(({ urgent, inbox, notes }) => [...urgent, ...inbox, ...notes]);
  const names = await agentNames(town, [...ids, ...all.map((message) => message.from)]);
  const tasks = await descriptions(town, all);
  const view = (message: Message): MessageView => ({
    ...message,
    fromName: names.get(message.from)?.name ?? message.from,
    category: messageCategory(message.type),
    taskDescription: message.taskId && tasks.get(message.taskId),
  });
  return ids.flatMap((id, index) => {
    const found = names.get(id);
    const queue = queues[index];
    return found && queue ? [{ agentId: id, ...found, ...shown(queue, view) }] : [];
  });
}

function shown(queues: Queues, view: (message: Message) => MessageView) {
  const counts = { task: 0, query: 0, info: 0, ack: 0 };
  for (const message of [...queues.urgent, ...queues.inbox, ...queues.notes]) {
    counts[messageCategory(message.type)]++;
  }
  return {
    urgent: queues.urgent.map(view),
    messages: queues.inbox.map(view),
    notes: queues.notes.map(view),
    counts,
  };
}

interface NamedAgent {
  readonly name: string;
  readonly state: AgentState | undefined;
}

/** Names of agents and of the conductor; ids nobody has any more are left out. */
export async function agentNames(
  town: Town,
  ids: readonly string[],
): Promise<ReadonlyMap<string, NamedAgent>> {
  const wanted = [...new Set(ids)].filter((id) => id !== SUPERVISOR_ID).map(asAgentId);
  const rows = await agentRows(town.store, wanted);
  return new Map<string, NamedAgent>([
    [SUPERVISOR_ID, { name: "conductor", state: undefined }],
    ...rows.map(({ agent }): [string, NamedAgent] => [
      agent.id,
      { name: agent.name, state: agent.state },
    ]),
  ]);
}

async function descriptions(
  town: Town,
  messages: readonly Message[],
): Promise<ReadonlyMap<TaskId, string>> {
  const ids = messages.flatMap((message) => (message.taskId ? [message.taskId] : []));
  const rows = await taskRows(town.store, [...new Set(ids)]);
  return new Map(rows.map(({ task }) => [task.id, task.description]));
}
