import type { Agent } from "../../src/core/agent.ts";
import {
  type AgentId,
  asTaskId,
  newAgentId,
  newMessageId,
  newTaskId,
  SUPERVISOR_ID,
} from "../../src/core/ids.ts";
import { type MessageKind, messagePayload } from "../../src/core/message.ts";
import type { Task } from "../../src/core/task.ts";
import { agentRows, type NewAgent, storeAgent } from "../../src/redis/agent-store.ts";
import { connectBun } from "../../src/redis/bun-client.ts";
import { newestEvents } from "../../src/redis/event-stream.ts";
import { type NewMessage, type SentMessage, storeMessage } from "../../src/redis/inbox-store.ts";
import type { RedisReply } from "../../src/redis/port.ts";
import {
  type Assignment,
  type NewAssignment,
  storeAssignment,
  taskRows,
} from "../../src/redis/task-store.ts";
import { TownStore } from "../../src/redis/town-store.ts";
import {
  type AdoptOptions,
  type AdoptResult,
  type AgentEnd,
  adoptAgent,
  endAgent,
  finishTurn,
  type Owner,
  type TakeResult,
  type TurnEnd,
  takeWork,
  type Work,
} from "../../src/redis/turn-store.ts";
import { freshTownName, testServer } from "./redis.ts";

export const HOST = "machine-1";

/** One town's scripts, called the short way. */
export interface StoreRig extends AsyncDisposable {
  readonly store: TownStore;
  spawn(name: string, more?: Partial<NewAgent>): ReturnType<typeof storeAgent>;
  adopt(id: AgentId, more?: Partial<AdoptOptions>): Promise<AdoptResult>;
  /** Spawns an agent and becomes its owner. */
  own(name: string, more?: Partial<NewAgent>): Promise<Owner>;
  assign(agent: string, text: string, more?: Partial<NewAssignment>): Promise<Assignment>;
  send(
    to: string,
    text: string,
    more?: Partial<NewMessage> & { kind?: MessageKind },
  ): Promise<SentMessage>;
  take(owner: Owner, turn?: string): Promise<TakeResult>;
  /** As `take`, when there is work for certain. */
  work(owner: Owner, turn: string): Promise<Work>;
  finish(owner: Owner, turn: string, more?: Partial<TurnEnd>): Promise<void>;
  end(owner: Owner, more?: Partial<AgentEnd>): Promise<boolean>;
  agent(id: AgentId): Promise<Agent>;
  task(id: string): Promise<Task>;
  /** Ids in the set `busy`, sorted. */
  busy(): Promise<readonly string[]>;
  list(key: string): Promise<readonly string[]>;
  /** `LPUSH`, `DEL` … for what only another program would do. */
  raw(name: string, ...args: readonly (string | number)[]): Promise<RedisReply>;
  /** Types of all events so far. */
  events(): Promise<readonly string[]>;
}

/** On a connection of its own; with the name of a town that has a rig, a further one to that town. */
export async function storeRig(town = freshTownName()): Promise<StoreRig> {
  const port = connectBun((await testServer()).url);
  const store = new TownStore(port, town);
  const rig: StoreRig = {
    store,
    spawn: (name, more) => storeAgent(store, { ...newAgent(name), ...more }),
    adopt: (id, more) => adoptAgent(store, id, { ...ADOPT, ...more }),
    own: async (name, more) => {
      const { id } = await rig.spawn(name, more);
      const adopted = await rig.adopt(id);
      if (adopted.kind !== "owned") throw new Error(`${name} is ${adopted.kind}`);
      return { agentId: id, epoch: adopted.agent.epoch };
    },
    assign: (agent, text, more) =>
      storeAssignment(store, { ...newAssignment(agent, text), ...more }),
    send: (to, text, { kind = "task", ...more } = {}) =>
      storeMessage(store, { ...newMessage(to, kind, text), ...more }),
    take: (owner, turn = crypto.randomUUID()) => takeWork(store, owner, turn),
    work: async (owner, turn) => {
      const taken = await rig.take(owner, turn);
      if (taken.kind !== "work") throw new Error(`There is no work but ${taken.kind}`);
      return taken.work;
    },
    finish: (owner, turn, more) => finishTurn(store, owner, turn, { ...DONE, ...more }),
    end: (owner, more) => endAgent(store, owner, { ...KILLED, ...more }),
    agent: async (id) => found((await agentRows(store, [id]))[0]?.agent, id),
    task: async (id) => found((await taskRows(store, [asTaskId(id)]))[0]?.task, id),
    busy: async () => textsOf(await port.command("SMEMBERS", [store.keys.busy])).toSorted(),
    list: async (key) => textsOf(await port.command("LRANGE", [key, 0, -1])),
    raw: (name, ...args) => port.command(name, args),
    events: async () => (await newestEvents(store, 1_000)).map((event) => event.type),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
  return rig;
}

const ADOPT: AdoptOptions = {
  hostId: HOST,
  leaseMs: 15_000,
  sure: true,
  maxAttempts: 4,
  revive: false,
};

const DONE: TurnEnd = {
  action: "complete",
  outcome: "done",
  text: "the answer",
  summary: "the answer",
  delayMs: 0,
  counts: true,
  sessionId: undefined,
};

const KILLED: AgentEnd = { state: "stopped", reason: "", by: "kill" };

function newAgent(name: string): NewAgent {
  return {
    id: newAgentId(),
    name,
    nickname: undefined,
    cli: "sim",
    role: undefined,
    parent: undefined,
    maxAgents: 100,
    hostId: HOST,
    run: undefined,
    fields: {},
  };
}

function newAssignment(agent: string, description: string): NewAssignment {
  return {
    agent,
    taskId: newTaskId(),
    messageId: newMessageId(),
    from: SUPERVISOR_ID,
    description,
    summary: description.slice(0, 40),
    tags: [],
    urgent: false,
    parent: undefined,
    run: undefined,
    key: undefined,
    queueLimit: 10_000,
    context: [],
  };
}

function newMessage(to: string, kind: MessageKind, text: string): NewMessage {
  return {
    ...messagePayload(kind, text),
    to,
    id: newMessageId(),
    from: undefined,
    summary: text.slice(0, 40),
    urgent: false,
    correlationId: undefined,
    queueLimit: 10_000,
  };
}

function textsOf(reply: RedisReply): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

function found<T>(value: T | undefined, id: string): T {
  if (value === undefined) throw new Error(`There is no record of ${id}`);
  return value;
}
