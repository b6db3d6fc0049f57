import { AGENT_STATES, type AgentState } from "../core/agent.ts";
import { type AgentId, asAgentId } from "../core/ids.ts";
import type { RedisReply } from "./port.ts";
import type { TownStore } from "./town-store.ts";

/** One agent in a snapshot that was taken of all at the same time. */
export interface IdleRow {
  readonly id: AgentId;
  readonly name: string;
  /** undefined: the agent is gone. */
  readonly state: AgentState | undefined;
  readonly inbox: number;
  readonly urgent: number;
  readonly inFlight: number;
  readonly openTasks: number;
  readonly currentTask: string | undefined;
  readonly reason: string | undefined;
  readonly hostId: string | undefined;
}

/** Without ids: every agent that has not ended, and those that have but left work behind. */
export async function idleSnapshot(
  store: TownStore,
  ids: readonly AgentId[],
): Promise<readonly IdleRow[]> {
  const [, ...rows] = await store.run("idleSnapshot", "Cannot read the agents", ids);
  return rows.map(idleRow);
}

function idleRow(row: RedisReply): IdleRow {
  const [id, name, state, inbox, urgent, inFlight, open, task, reason, host] = Array.isArray(row)
    ? row
    : [];
  const text = (value: RedisReply | undefined) => (value ? String(value) : undefined);
  return {
    id: asAgentId(String(id)),
    name: String(name),
    state: AGENT_STATES.find((word) => word === state),
    inbox: Number(inbox),
    urgent: Number(urgent),
    inFlight: Number(inFlight),
    openTasks: Number(open),
    currentTask: text(task),
    reason: text(reason),
    hostId: text(host),
  };
}
