import { SUPERVISOR_ID } from "../../../src/core/ids.ts";
import { TASK_STATES, TASK_TRANSITIONS, type TaskState } from "../../../src/core/task.ts";
import { luaScript } from "../../../src/redis/lua-script.ts";
import { type RedisReply, recordFrom } from "../../../src/redis/port.ts";
import type { TownStore } from "../../../src/redis/town-store.ts";

type Fields = Readonly<Record<string, string>>;

/** An agent, or the conductor's mailbox, whose `fields` are empty. */
export interface AgentPicture {
  readonly id: string;
  readonly fields: Fields;
  readonly urgent: readonly string[];
  readonly inbox: readonly string[];
  readonly notes: readonly string[];
  readonly inflight: readonly string[];
  readonly dead: readonly string[];
  readonly open: readonly string[];
  readonly bell: readonly string[];
}

export interface TaskPicture {
  readonly id: string;
  /** The index it was found in. */
  readonly index: TaskState;
  readonly fields: Fields;
}

/** All that the keys of a town say at one moment. */
export interface TownPicture {
  readonly agents: readonly AgentPicture[];
  readonly tasks: readonly TaskPicture[];
  readonly busy: readonly string[];
  readonly live: readonly string[];
  readonly leased: readonly string[];
  /** Messages whose turns are counted. */
  readonly counted: readonly string[];
  readonly names: Fields;
}

const QUEUES = ["urgent", "inbox", "notes", "inflight", "dead"] as const;
/** Where the message of an open task may be. */
const WORK_QUEUES = ["urgent", "inbox", "inflight"] as const;

const LOOK = luaScript(
  "look",
  `local agents, tasks = {}, {}
  local ids = redis.call('ZRANGE', P .. 'agents', 0, -1)
  ids[#ids + 1] = SUPERVISOR
  for _, id in ipairs(ids) do
    local row = { id, redis.call('HGETALL', P .. 'agent:' .. id) }
    for _, queue in ipairs({ 'urgent', 'inbox', 'notes', 'inflight', 'dead', 'bell' }) do
      row[#row + 1] = redis.call('LRANGE', P .. queue .. ':' .. id, 0, -1)
    end
    row[#row + 1] = redis.call('SMEMBERS', P .. 'open:' .. id)
    agents[#agents + 1] = row
  end
  for _, state in ipairs(TASK_STATES) do
    for _, id in ipairs(redis.call('ZRANGE', P .. 'tasks:' .. state, 0, -1)) do
      tasks[#tasks + 1] = { id, state, redis.call('HGETALL', P .. 'task:' .. id) }
    end
  end
  return { agents, tasks, redis.call('SMEMBERS', P .. 'busy'), redis.call('SMEMBERS', P .. 'live'),
    redis.call('ZRANGE', P .. 'leases', 0, -1), redis.call('HKEYS', P .. 'attempts'),
    redis.call('HGETALL', P .. 'names') }`,
);

/** Reads the town in one step, also while others change it. */
export async function lookAtTown(store: TownStore): Promise<TownPicture> {
  const reply = await store.port.script(LOOK, [store.keys.prefix]);
  const [agents, tasks, busy, live, leases, counted, names] = items(reply);
  return {
    agents: items(agents).map(agentPicture),
    tasks: items(tasks).map(taskPicture),
    busy: texts(busy).toSorted(),
    live: texts(live).toSorted(),
    leased: texts(leases).filter((member) => !member.startsWith("host:")),
    counted: texts(counted),
    names: recordFrom(items(names)),
  };
}

function agentPicture(row: RedisReply): AgentPicture {
  const [id, fields, urgent, inbox, notes, inflight, dead, bell, open] = items(row);
  return {
    id: String(id),
    fields: recordFrom(items(fields)),
    urgent: texts(urgent),
    inbox: texts(inbox),
    notes: texts(notes),
    inflight: texts(inflight),
    dead: texts(dead),
    bell: texts(bell),
    open: texts(open).toSorted(),
  };
}

function taskPicture(row: RedisReply): TaskPicture {
  const [id, state, fields] = items(row);
  const index = TASK_STATES.find((word) => word === state);
  if (index === undefined) throw new Error(`There is no state ${String(state)}`);
  return { id: String(id), index, fields: recordFrom(items(fields)) };
}

function items(reply: RedisReply | undefined): readonly RedisReply[] {
  return Array.isArray(reply) ? reply : [];
}

function texts(reply: RedisReply | undefined): readonly string[] {
  return items(reply).map(String);
}

export function hasEnded({ fields }: AgentPicture): boolean {
  return ["stopped", "cold", "error"].includes(fields.state ?? "");
}

export function isOpenTask(task: TaskPicture): boolean {
  return TASK_TRANSITIONS[task.index].length > 0;
}

/** Queued, taken or open work. */
export function hasWork(agent: AgentPicture): boolean {
  return WORK_QUEUES.some((queue) => agent[queue].length > 0) || agent.open.length > 0;
}

/** The id of a message, and of the task it assigns. */
export function messageIds(raw: string): { readonly id: string; readonly task?: string } {
  const message: { id: string; type: string; task_id: string } = JSON.parse(raw);
  return message.type === "task_assign"
    ? { id: message.id, task: message.task_id }
    : { id: message.id };
}

/** Every message of the town, dead ones included. */
export function allMessages(town: TownPicture): readonly string[] {
  return town.agents.flatMap((agent) => QUEUES.flatMap((queue) => agent[queue]));
}

/** What is wrong in a town at any one moment; empty when all is well. */
export function problemsIn(town: TownPicture): readonly string[] {
  return [
    ...town.agents.flatMap((agent) =>
      agent.id === SUPERVISOR_ID ? [] : problemsOfAgent(town, agent),
    ),
    ...town.tasks.flatMap((task) => problemsOfTask(town, task)),
    ...problemsOfIndexes(town),
  ];
}

function problemsOfIndexes(town: TownPicture): readonly string[] {
  const agents = town.agents.filter(({ id }) => id !== SUPERVISOR_ID);
  const busy = agents.filter(hasWork).map(({ id }) => id);
  const live = agents.filter((agent) => !hasEnded(agent)).map(({ id }) => id);
  const ids = allMessages(town).map((raw) => messageIds(raw).id);
  const waiting = agents.flatMap((agent) => WORK_QUEUES.flatMap((queue) => agent[queue]));
  const countable = new Set(waiting.map((raw) => messageIds(raw).id));
  return [
    ...unless(sameItems(town.busy, busy), `busy holds ${town.busy}, not ${busy}`),
    ...unless(sameItems(town.live, live), `live holds ${town.live}, not ${live}`),
    ...unless(new Set(ids).size === ids.length, "a message is in two places"),
    ...unless(
      new Set(town.tasks.map(({ id }) => id)).size === town.tasks.length,
      "a task is in two indexes",
    ),
    ...town.leased
      .filter((id) => !live.includes(id))
      .map((id) => `${id} has a lease, but has ended`),
    ...town.counted
      .filter((id) => !countable.has(id))
      .map((id) => `the turns of ${id} are still counted`),
  ];
}

function problemsOfAgent(town: TownPicture, agent: AgentPicture): readonly string[] {
  const { id, fields, inflight } = agent;
  const { name = "", nickname = name, state, turn, wanted, current_task: current } = fields;
  const head = inflight[0] === undefined ? undefined : messageIds(inflight[0]);
  const inTurn = state === "working" || (state === "draining" && inflight.length > 0);
  const problems = [
    ...unless(town.names[name] === id && town.names[nickname] === id, "its names are not its own"),
    ...unless(inTurn === inflight.length > 0, `has ${inflight.length} in flight`),
    ...unless((turn !== undefined) === inTurn, `has turn ${turn}`),
    ...unless(current === head?.task, `works on ${current}, but ${head?.task} is in flight`),
    ...unless(!(hasEnded(agent) && wanted), `has ended, but ${wanted} is wanted`),
    ...unless(agent.bell.length <= 1, "has more than one token on its bell"),
    ...unless(
      state !== "draining" || hasWork(agent) || wanted !== undefined || agent.bell.length > 0,
      "drains for ever",
    ),
    ...agent.open
      .filter((task) => !town.tasks.some((each) => each.id === task && isOpenTask(each)))
      .map((task) => `has open task ${task}, which is closed`),
  ];
  return problems.map((problem) => `${name} (${state}): ${problem}`);
}

function problemsOfTask(town: TownPicture, task: TaskPicture): readonly string[] {
  const { state, assigned_to: owner } = task.fields;
  const agent = town.agents.find(({ id }) => id === owner);
  const places = WORK_QUEUES.flatMap((queue) =>
    (agent?.[queue] ?? []).filter((raw) => messageIds(raw).task === task.id).map(() => queue),
  );
  const problems = [
    ...unless(state === task.index, `is indexed as ${task.index}`),
    ...unless(agent?.open.includes(task.id) === isOpenTask(task), "is open on one side only"),
    ...unless(!isOpenTask(task) || places.length === 1, `has ${places.length} messages`),
    ...unless(state !== "running" || places[0] === "inflight", `is in ${places}`),
    ...unless(state !== "assigned" || places[0] !== "inflight", "is in flight"),
    ...unless(Number(task.fields.attempts) >= 0, "has a negative number of attempts"),
    ...unless(isOpenTask(task) !== "completed_at" in task.fields, "has no proper end"),
  ];
  return problems.map((problem) => `task ${task.id} (${state}): ${problem}`);
}

function unless(right: boolean, problem: string): readonly string[] {
  return right ? [] : [problem];
}

function sameItems(one: readonly string[], other: readonly string[]): boolean {
  return Bun.deepEquals(one.toSorted(), other.toSorted());
}
