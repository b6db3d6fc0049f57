import { isTerminalAgentState } from "../core/agent.ts";
import type { AgentId } from "../core/ids.ts";
import { idleSnapshot } from "../redis/idle-store.ts";
import { ensureHost } from "./ensure-host.ts";
import { liveHost } from "./host-record.ts";
import type { Town } from "./town.ts";
import { until } from "./until.ts";

export interface EndWait {
  readonly id: AgentId;
  readonly agent: string;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Waits until an agent has ended; its host does the ending, so one is started when none is live. */
export async function waitForEnd(town: Town, wait: EndWait): Promise<void> {
  await until(town, {
    probe: async () => {
      const [row] = await idleSnapshot(town.store, [wait.id]);
      if (row?.state === undefined || isTerminalAgentState(row.state)) return true;
      if (!liveHost(town)) await ensureHost(town);
      return undefined;
    },
    relevant: (event) => event.agentId === wait.id,
    describe: () => `Agent "${wait.agent}" has not ended in time`,
    timeoutMs: wait.timeoutMs,
    signal: wait.signal,
  });
}
