import type { Agent } from "../core/agent.ts";
import type { AgentId } from "../core/ids.ts";
import { decideTurn, type TurnResult } from "../core/turn.ts";
import { agentEnv } from "../redis/agent-store.ts";
import {
  type AdoptResult,
  type AgentEnd,
  adoptAgent,
  endAgent,
  finishTurn,
  type Owner,
  placedAgents,
  readControl,
  renewLeases,
  type TakeResult,
  takeWork,
  type Work,
} from "../redis/turn-store.ts";
import { summarize } from "../util/sanitize.ts";
import type { Town } from "./town.ts";

export type { AgentEnd, Owner, TakeResult, Work } from "../redis/turn-store.ts";

/** A host that has not renewed for this long is taken for dead by other machines. */
const LEASE_MS = 15_000;

/** The agents that this machine's host is to run. */
export function agentsToHost(town: Town): Promise<readonly AgentId[]> {
  return placedAgents(town.store, town.hostId);
}

/**
 * Becomes the owner of an agent. Earlier hosts of this town directory are dead, because the caller
 * holds the host lock: their leases need not run out.
 * @param options.revive also take agents that `tt stop` ended
 */
export function adopt(
  town: Town,
  id: AgentId,
  options: { readonly revive: boolean },
): Promise<AdoptResult> {
  return adoptAgent(town.store, id, {
    hostId: town.hostId,
    leaseMs: LEASE_MS,
    sure: true,
    maxAttempts: town.config.agent.maxAttempts,
    revive: options.revive,
  });
}

/** @throws ConflictError E_FENCED */
export function take(town: Town, owner: Owner, turn: string): Promise<TakeResult> {
  return takeWork(town.store, owner, turn);
}

export interface FinishInput {
  readonly owner: Owner;
  readonly turn: string;
  readonly work: Work;
  readonly result: TurnResult & {
    readonly sessionLost: boolean;
    readonly retryAfterMs: number | undefined;
  };
}

/** Settles the turn's work by its outcome: completed, tried again later, or failed. */
export async function finish(town: Town, input: FinishInput): Promise<void> {
  const { owner, turn, work, result } = input;
  const { maxAttempts } = town.config.agent;
  const decision = decideTurn(result.outcome, work.attempts, Math.random(), maxAttempts);
  const text = decision.action === "complete" ? result.text : failureText(result);
  await finishTurn(town.store, owner, turn, {
    action: decision.action,
    outcome: result.outcome,
    text,
    summary: summarize(text, 80) || result.outcome,
    delayMs: decision.action === "retry" ? (result.retryAfterMs ?? decision.delayMs) : 0,
    counts: decision.action === "retry" && decision.counts,
    sessionId: result.sessionLost ? null : result.sessionId,
  });
}

/** Why it failed, with what the CLI said. */
function failureText({ reason, text, outcome }: TurnResult): string {
  const why = reason ?? outcome;
  return text === "" || text === why ? why : `${why}\n${text}`;
}

/**
 * @returns false when an agent that should go cold has got work meanwhile
 * @throws ConflictError E_FENCED
 */
export function end(town: Town, owner: Owner, how: AgentEnd): Promise<boolean> {
  return endAgent(town.store, owner, how);
}

/** What an owner must know while a turn is under way. @throws ConflictError E_FENCED */
export function control(town: Town, owner: Owner) {
  return readControl(town.store, owner);
}

/** @returns the agents that have another owner now */
export function heartbeat(
  town: Town,
  record: Readonly<Record<string, unknown>>,
  owners: readonly Owner[],
): Promise<readonly AgentId[]> {
  const host = { id: town.hostId, record: JSON.stringify(record), leaseMs: LEASE_MS };
  return renewLeases(town.store, host, owners);
}

/** The variables of `tt spawn --env`; never shown. */
export function turnEnv(town: Town, id: AgentId): Promise<Readonly<Record<string, string>>> {
  return agentEnv(town.store, id);
}

export function ownerOf(agent: Agent): Owner {
  return { agentId: agent.id, epoch: agent.epoch };
}
