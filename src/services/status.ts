import type { Agent } from "../core/agent.ts";
import type { TownEvent } from "../core/event.ts";
import { type MessageCategory, messageCategory } from "../core/message.ts";
import { TASK_STATES, type TaskState } from "../core/task.ts";
import { type AgentRow, agentRows, allAgentIds, inCreationOrder } from "../redis/agent-store.ts";
import { newestEvents } from "../redis/event-stream.ts";
import { peekQueues } from "../redis/inbox-store.ts";
import { newestTaskIds, taskRows, taskTotals } from "../redis/task-store.ts";
import { liveHost } from "./host-record.ts";
import type { TaskView } from "./tasks.ts";
import type { Town } from "./town.ts";

/** So many of the newest tasks are in a status. */
const TASKS_SHOWN = 100;
const EVENTS_READ = 500;
const EVENTS_SHOWN = 5;
const QUEUE_SAMPLE = 200;

export interface StatusOptions {
  /** Adds each agent's latest events. */
  readonly deep?: boolean | undefined;
}

export type AgentStatus = Agent & {
  readonly inbox: number;
  readonly urgent: number;
  readonly inFlight: number;
  /** Queued messages and notes by category, over the first 200 of each queue. */
  readonly counts: Readonly<Record<MessageCategory, number>>;
  readonly currentTaskDescription: string | undefined;
  /** Newest first; empty unless `deep`. */
  readonly recent: readonly TownEvent[];
};

export interface TownStatus {
  readonly town: string;
  readonly root: string;
  /** Address of its Redis, without secrets. */
  readonly server: string;
  readonly host: { readonly live: boolean; readonly pid: number | undefined };
  /** In the order of their creation. */
  readonly agents: readonly AgentStatus[];
  readonly totals: Readonly<Record<TaskState, number>> & { readonly total: number };
  /** The newest 100, oldest of them first. */
  readonly tasks: readonly TaskView[];
}

export async function getStatus(town: Town, options: StatusOptions = {}): Promise<TownStatus> {
  const [rows, totals, tasks, events] = await Promise.all([
    allAgentIds(town.store)
      .then((ids) => agentRows(town.store, ids))
      .then(inCreationOrder),
    taskTotals(town.store),
    newestTasks(town),
    options.deep ? newestEvents(town.store, EVENTS_READ) : [],
  ]);
  const current = await currentTasks(town, rows);
  const agents = await Promise.all(rows.map((row) => agentStatus(town, row, { current, events })));
  const host = liveHost(town);
  return {
    town: town.name,
    root: town.root,
    server: town.server.display,
    host: { live: host?.ready === true, pid: host?.pid },
    agents,
    totals: { ...totals, total: Object.values(totals).reduce((sum, count) => sum + count, 0) },
    tasks,
  };
}

async function newestTasks(town: Town): Promise<readonly TaskView[]> {
  const ids = await Promise.all(
    TASK_STATES.map((state) => newestTaskIds(town.store, state, TASKS_SHOWN)),
  );
  const all = [...new Set(ids.flat())].sort();
  const rows = await taskRows(town.store, all.slice(-TASKS_SHOWN));
  return rows.map(({ task, agentName }) => ({ ...task, agentName }));
}

/** What the agents work on, by task id. */
async function currentTasks(
  town: Town,
  agents: readonly AgentRow[],
): Promise<ReadonlyMap<string, string>> {
  const ids = agents.flatMap(({ agent }) => agent.currentTask ?? []);
  const rows = await taskRows(town.store, ids);
  return new Map(rows.map(({ task }) => [task.id, task.description]));
}

async function agentStatus(
  town: Town,
  row: AgentRow,
  known: {
    readonly current: ReadonlyMap<string, string>;
    readonly events: readonly TownEvent[];
  },
): Promise<AgentStatus> {
  const { agent, inbox, urgent, inFlight, notes } = row;
  const counts = { task: 0, query: 0, info: 0, ack: 0 };
  if (inbox + urgent + notes > 0) {
    const queues = await peekQueues(town.store, agent.id, QUEUE_SAMPLE);
    for (const message of [...queues.urgent, ...queues.inbox, ...queues.notes]) {
      counts[messageCategory(message.type)]++;
    }
  }
  const recent = known.events.filter((event) => event.agentId === agent.id);
  return {
    ...agent,
    inbox,
    urgent,
    inFlight,
    counts,
    currentTaskDescription: agent.currentTask && known.current.get(agent.currentTask),
    recent: recent.slice(-EVENTS_SHOWN).reverse(),
  };
}
