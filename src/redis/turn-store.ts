import type { Agent } from "../core/agent.ts";
import { type AgentId, asAgentId } from "../core/ids.ts";
import type { Message } from "../core/message.ts";
import type { Task } from "../core/task.ts";
import type { TurnOutcome } from "../core/turn.ts";
import { decodeAgent } from "./agent-store.ts";
import { decodeMessage } from "./message-codec.ts";
import type { RedisReply } from "./port.ts";
import { decodeTask } from "./task-store.ts";
import type { TownStore } from "./town-store.ts";

export interface Owner {
  readonly agentId: AgentId;
  readonly epoch: number;
}

export type TakeResult =
  | { readonly kind: "nothing" }
  | { readonly kind: "wanted"; readonly wanted: string }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "paused" }
  | { readonly kind: "work"; readonly work: Work };

/** What one turn is about: one task or message, and the notes that came since the last turn. */
export interface Work {
  readonly message: Message;
  readonly task: Task | undefined;
  /** Turns that read it, this one included. */
  readonly attempts: number;
  readonly round: number;
  readonly notes: readonly Message[];
}

/** @throws ConflictError E_FENCED when the agent has another owner */
export async function takeWork(store: TownStore, owner: Owner, turn: string): Promise<TakeResult> {
  const [status, ...rest] = await store.run("take", "Cannot take work", [
    owner.agentId,
    owner.epoch,
    turn,
  ]);
  switch (status) {
    case 0:
      return { kind: "nothing" };
    case 2:
      return { kind: "wanted", wanted: String(rest[0]) };
    case 3:
      return { kind: "wait", ms: Number(rest[0]) };
    case 4:
      return { kind: "paused" };
    default:
      return { kind: "work", work: decodeWork(store, owner.agentId, rest) };
  }
}

function decodeWork(store: TownStore, id: AgentId, reply: readonly RedisReply[]): Work {
  const [raw, attempts, flat, rounds, ...notes] = reply;
  const key = store.keys.inflight(id);
  const message = decodeMessage(key, String(raw));
  const record = Array.isArray(flat) && flat.length > 0 ? flat : undefined;
  return {
    message,
    task: record && decodeTask(store.keys.task(message.taskId ?? ""), record),
    attempts: Number(attempts),
    round: Number(rounds) + 1,
    notes: notes.map((note) => decodeMessage(key, String(note))),
  };
}

export interface TurnEnd {
  readonly action: "complete" | "retry" | "fail";
  readonly outcome: TurnOutcome;
  /** The result, or why there is none. */
  readonly text: string;
  readonly summary: string;
  readonly delayMs: number;
  readonly counts: boolean;
  /** null forgets the conversation, undefined keeps what is known. */
  readonly sessionId: string | null | undefined;
}

/** Idempotent: a turn that was finished before is left as it is. */
export async function finishTurn(
  store: TownStore,
  owner: Owner,
  turn: string,
  end: TurnEnd,
): Promise<void> {
  await store.run("finish", "Cannot finish the turn", [
    owner.agentId,
    owner.epoch,
    turn,
    end.action,
    end.outcome,
    end.text,
    end.delayMs,
    end.counts ? "1" : "",
    end.sessionId === null ? "-" : (end.sessionId ?? ""),
    end.summary,
  ]);
}

export interface AdoptOptions {
  readonly hostId: string;
  readonly leaseMs: number;
  /** Earlier owners on this host are dead for certain: do not wait for their leases. */
  readonly sure: boolean;
  readonly maxAttempts: number;
  /** Also take agents that `tt stop` ended. */
  readonly revive: boolean;
}

export type AdoptResult =
  | { readonly kind: "owned"; readonly agent: Agent }
  | { readonly kind: "ended"; readonly state: string }
  | { readonly kind: "leased"; readonly ms: number };

export async function adoptAgent(
  store: TownStore,
  id: AgentId,
  options: AdoptOptions,
): Promise<AdoptResult> {
  const [status, detail] = await store.run("adopt", `Cannot adopt ${id}`, [
    id,
    options.hostId,
    options.leaseMs,
    options.sure ? "1" : "",
    options.maxAttempts,
    options.revive ? "1" : "",
  ]);
  if (status === 1) return { kind: "ended", state: String(detail) };
  if (status === 2) return { kind: "leased", ms: Number(detail) };
  const flat = Array.isArray(detail) ? detail : [];
  return { kind: "owned", agent: decodeAgent(store.keys.agent(id), flat) };
}

/** @returns the agents that have another owner now */
export async function renewLeases(
  store: TownStore,
  host: { readonly id: string; readonly record: string; readonly leaseMs: number },
  owners: readonly Owner[],
): Promise<readonly AgentId[]> {
  const pairs = owners.flatMap((owner) => [owner.agentId, owner.epoch]);
  const [, ...lost] = await store.run("lease", "Cannot renew the leases", [
    host.id,
    host.leaseMs,
    host.record,
    ...pairs,
  ]);
  return lost.map((id) => asAgentId(String(id)));
}

export interface AgentEnd {
  readonly state: "stopped" | "cold" | "error";
  readonly reason: string;
  readonly by: "kill" | "stop" | "";
}

/** @returns false when an agent that should go cold has got work meanwhile */
export async function endAgent(store: TownStore, owner: Owner, end: AgentEnd): Promise<boolean> {
  const [status] = await store.run("endAgent", "Cannot end the agent", [
    owner.agentId,
    owner.epoch,
    end.state,
    end.reason,
    end.by,
  ]);
  return status !== 2;
}

/** What the owner must know during a turn. */
export async function readControl(
  store: TownStore,
  owner: Owner,
): Promise<{ readonly wanted: string; readonly taskState: string }> {
  const [, wanted, taskState] = await store.run("control", "Cannot read control", [
    owner.agentId,
    owner.epoch,
  ]);
  return { wanted: String(wanted), taskState: String(taskState) };
}

export async function placedAgents(store: TownStore, hostId: string): Promise<readonly AgentId[]> {
  const reply = await store.command("Cannot read agents", "SMEMBERS", [store.keys.placed(hostId)]);
  return Array.isArray(reply) ? reply.map((id) => asAgentId(String(id))) : [];
}
