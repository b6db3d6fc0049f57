import { AGENT_STATES, type Agent } from "../core/agent.ts";
import { type AgentId, asAgentId, asTaskId } from "../core/ids.ts";
import { type RedisReply, recordFrom } from "./port.ts";
import { RecordFields } from "./record-fields.ts";
import type { TownStore } from "./town-store.ts";

/** A script answers for this many records at a time, to stay below a millisecond. */
export const CHUNK = 64;

export interface NewAgent {
  readonly id: AgentId;
  readonly name: string;
  readonly nickname: string | undefined;
  readonly cli: string;
  readonly role: string | undefined;
  readonly parent: string | undefined;
  readonly maxAgents: number;
  readonly hostId: string;
  readonly run: string | undefined;
  /** Stored as they are: model, instructions, cwd, env (JSON), max_rounds. */
  readonly fields: Readonly<Record<string, string>>;
}

export type SpawnAction = "created" | "reused" | "restarted";

export interface AgentRow {
  readonly agent: Agent;
  /** How many had been created before it: tells agents of one millisecond apart. */
  readonly number: number;
  readonly inbox: number;
  readonly urgent: number;
  readonly inFlight: number;
  readonly notes: number;
}

const SPAWN_ACTIONS: readonly SpawnAction[] = ["created", "reused", "restarted"];

export async function storeAgent(
  store: TownStore,
  agent: NewAgent,
): Promise<{ readonly id: AgentId; readonly action: SpawnAction }> {
  const [status, id] = await store.run("spawn", `Cannot spawn "${agent.name}"`, [
    agent.id,
    agent.name,
    agent.nickname ?? "",
    agent.cli,
    agent.role ?? "",
    agent.parent ?? "",
    agent.maxAgents,
    agent.hostId,
    agent.run ?? "",
    ...Object.entries(agent.fields).flat(),
  ]);
  return { id: asAgentId(String(id)), action: SPAWN_ACTIONS[Number(status)] ?? "created" };
}

/** @throws NotFoundError E_AGENT_NOT_FOUND, ConflictError E_AMBIGUOUS */
export async function resolveAgents(
  store: TownStore,
  action: string,
  refs: readonly string[],
): Promise<readonly AgentId[]> {
  const [, ...ids] = await store.run("resolve", action, ["agent", ...refs]);
  return ids.map((id) => asAgentId(String(id)));
}

export async function allAgentIds(store: TownStore): Promise<readonly AgentId[]> {
  const reply = await store.command("Cannot read agents", "ZRANGE", [store.keys.agents, 0, -1]);
  return Array.isArray(reply) ? reply.map((id) => asAgentId(String(id))) : [];
}

/** In the order of `ids`; ids without a record are left out. */
export async function agentRows(
  store: TownStore,
  ids: readonly AgentId[],
): Promise<readonly AgentRow[]> {
  const chunks = [];
  for (let i = 0; i < ids.length; i += CHUNK) chunks.push(ids.slice(i, i + CHUNK));
  const replies = await Promise.all(
    chunks.map((chunk) => store.run("agentRecords", "Cannot read agents", chunk)),
  );
  return replies.flatMap(([, ...rows]) => rows.flatMap((row) => agentRow(store, row)));
}

export function inCreationOrder(rows: readonly AgentRow[]): readonly AgentRow[] {
  return rows.toSorted(
    (a, b) => a.agent.createdAt.getTime() - b.agent.createdAt.getTime() || a.number - b.number,
  );
}

function agentRow(store: TownStore, row: RedisReply): readonly AgentRow[] {
  const [id, flat, inbox, urgent, inFlight, notes] = Array.isArray(row) ? row : [];
  if (!Array.isArray(flat) || flat.length === 0) return [];
  const key = store.keys.agent(String(id));
  return [
    {
      agent: decodeAgent(key, flat),
      number: new RecordFields(key, recordFrom(flat)).count("number"),
      inbox: Number(inbox),
      urgent: Number(urgent),
      inFlight: Number(inFlight),
      notes: Number(notes),
    },
  ];
}

export function decodeAgent(key: string, flat: readonly RedisReply[]): Agent {
  const fields = new RecordFields(key, recordFrom(flat));
  const parent = fields.optional("parent_agent_id");
  const task = fields.optional("current_task");
  return {
    id: asAgentId(fields.text("id")),
    name: fields.text("name"),
    nickname: fields.optional("nickname"),
    role: fields.optional("role_id"),
    parentId: parent === undefined ? undefined : asAgentId(parent),
    state: fields.oneOf("state", AGENT_STATES, "starting"),
    cli: fields.text("cli"),
    cliOverride: fields.optional("cli_override"),
    model: fields.optional("model"),
    instructions: fields.optional("instructions"),
    cwd: fields.optional("cwd"),
    envNames: Object.keys(fields.stringMap("env")).sort(),
    maxRounds: fields.optionalCount("max_rounds"),
    currentTask: task === undefined ? undefined : asTaskId(task),
    hostId: fields.optional("host"),
    epoch: fields.count("epoch"),
    run: fields.optional("run"),
    createdAt: fields.date("created_at"),
    lastHeartbeat: fields.optionalDate("last_heartbeat"),
    lastActiveAt: fields.optionalDate("last_active_at"),
    tasksCompleted: fields.count("tasks_completed"),
    roundsCompleted: fields.count("rounds_completed"),
    sessionId: fields.optional("session_id"),
    reason: fields.optional("reason"),
  };
}

export type EndRequest = "kill" | "stop" | "close";

/** Asks the agent's host to end it; `ended` when it had ended before. */
export async function requestEnd(
  store: TownStore,
  action: string,
  request: {
    readonly agent: string;
    readonly how: EndRequest;
    readonly reason?: string | undefined;
  },
): Promise<{ readonly id: AgentId; readonly ended: boolean }> {
  const [status, id] = await store.run("requestEnd", action, [
    request.agent,
    request.how,
    request.reason ?? "",
  ]);
  return { id: asAgentId(String(id)), ended: status === 1 };
}

/** The variables an agent was given; they may be secret. */
export async function agentEnv(
  store: TownStore,
  id: AgentId,
): Promise<Readonly<Record<string, string>>> {
  const key = store.keys.agent(id);
  const json = await store.command(`Cannot read ${id}`, "HGET", [key, "env"]);
  return json === null ? {} : new RecordFields(key, { env: String(json) }).stringMap("env");
}
