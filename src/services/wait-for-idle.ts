import type { AgentState } from "../core/agent.ts";
import { TimeoutError } from "../core/errors.ts";
import type { AgentId } from "../core/ids.ts";
import { type IdleRow, idleSnapshot } from "../redis/idle-store.ts";
import { formatDuration } from "../util/duration.ts";
import { agentIds } from "./agent-ids.ts";
import { rejectEnded } from "./ended-agent.ts";
import { requireHostHere } from "./host-here.ts";
import type { Town } from "./town.ts";
import { until } from "./until.ts";

export interface WaitingAgent {
  readonly agent: string;
  readonly state: AgentState;
  /** Messages queued, urgent ones included. */
  readonly inbox: number;
  readonly task: string | undefined;
  /** ms since the wait began. */
  readonly waitedMs: number;
}

export interface IdleWait {
  /**
   * References; none means every agent of the town that has not ended. One that has, with work
   * left, rejects the wait.
   */
  readonly agents?: readonly string[] | undefined;
  /** Default: no limit. */
  readonly timeoutMs?: number | undefined;
  readonly onProgress?: ((waiting: readonly WaitingAgent[]) => void) | undefined;
  /** How often `onProgress` is called. Default: 30 000. */
  readonly progressMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface IdleSnapshot {
  readonly agents: readonly { readonly id: AgentId; readonly name: string }[];
  readonly waitedMs: number;
}

/**
 * Resolves at the first moment, not before the call, at which all the agents are idle at the same
 * time: state idle, nothing queued, nothing taken, no open task. An agent that is still starting is
 * not idle; a paused one is waited for.
 * @throws ConflictError E_AGENT_STOPPED, AgentError E_AGENT_FAILED, NotFoundError, TimeoutError
 */
export async function waitForIdle(town: Town, wait: IdleWait = {}): Promise<IdleSnapshot> {
  const started = performance.now();
  const refs = wait.agents ?? [];
  let ids: readonly AgentId[] | undefined;
  let rows: readonly IdleRow[] = [];
  const waiting = () => rows.filter((row) => !isIdle(row)).map((row) => describeRow(row, started));
  const progress = wait.onProgress;
  const timer = progress && setInterval(() => progress(waiting()), wait.progressMs ?? 30_000);
  try {
    return await until(town, {
      probe: async () => {
        ids ??= refs.length > 0 ? await agentIds(town, "Cannot wait", refs) : [];
        const all = await idleSnapshot(town.store, ids);
        rows = refs.length > 0 ? all : all.filter((row) => row.state !== undefined);
        await rejectEnded(town, rows);
        if (rows.every(isIdle)) return { agents: rows, waitedMs: performance.now() - started };
        if (rows.some((row) => row.hostId === town.hostId))
          await requireHostHere(town, town.hostId);
        return undefined;
      },
      describe: () => `Not idle in time: ${waiting().map(waitingText).join("; ")}`,
      timeoutMs: wait.timeoutMs,
      signal: wait.signal,
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    throw new TimeoutError(error.message, "tt status --deep shows what they are doing");
  } finally {
    clearInterval(timer);
  }
}

function isIdle(row: IdleRow): boolean {
  return row.state === "idle" && row.inbox + row.urgent + row.inFlight === 0 && row.openTasks === 0;
}

function describeRow(row: IdleRow, started: number): WaitingAgent {
  return {
    agent: row.name,
    state: row.state ?? "stopped",
    inbox: row.inbox + row.urgent,
    task: row.currentTask,
    waitedMs: performance.now() - started,
  };
}

export function waitingText(agent: WaitingAgent): string {
  const task = agent.task === undefined ? "" : ` on task ${agent.task}`;
  const queue = agent.inbox === 0 ? "" : `, ${agent.inbox} queued`;
  return `${agent.agent} is ${agent.state}${task}${queue} (${formatDuration(agent.waitedMs)})`;
}
