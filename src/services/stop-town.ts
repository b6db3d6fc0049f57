import { isTerminalAgentState } from "../core/agent.ts";
import { TimeoutError } from "../core/errors.ts";
import { isAlive, type ProcessIdentity, signalProcess } from "../process/alive.ts";
import { type HeldLock, tryHoldLock } from "../process/hold-lock.ts";
import { killMarkedProcesses } from "../process/marked-processes.ts";
import { requestEnd } from "../redis/agent-store.ts";
import { sleep } from "../util/sleep.ts";
import { listAgents } from "./agents.ts";
import { liveHost } from "./host-record.ts";
import { stopTownServer } from "./managed-server.ts";
import { HOST_MARKER } from "./markers.ts";
import type { Town } from "./town.ts";
import { adopt, agentsToHost, end, ownerOf } from "./turns.ts";

export interface StopInput {
  /** Also the town's own server. */
  readonly server: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface StopResult {
  /** Names of the agents that were ended. */
  readonly agents: readonly string[];
  readonly host: boolean;
  readonly server: boolean;
}

const HOST_TIMEOUT_MS = 30_000;

/** Ends the town's agents and its host here; what they worked on goes back to their queues. */
export async function stopTown(town: Town, input: StopInput): Promise<StopResult> {
  if (await isDown(town)) {
    killMarkedProcesses(HOST_MARKER, town.hostId);
    return { agents: [], host: false, server: false };
  }
  const live = (await listAgents(town)).filter((agent) => !isTerminalAgentState(agent.state));
  for (const agent of live.filter((each) => each.hostId !== town.hostId)) {
    await requestEnd(town.store, `Cannot stop "${agent.name}"`, { agent: agent.id, how: "stop" });
  }
  const host = liveHost(town);
  using _lock = await lockWhenEnded(town, input.signal);
  killMarkedProcesses(HOST_MARKER, town.hostId);
  await endLeftOver(town);
  const server = input.server && (await stopTownServer(town, input.signal));
  return { agents: live.map((agent) => agent.name), host: host !== undefined, server };
}

/** Neither host nor server: asking the server would start it. */
async function isDown(town: Town): Promise<boolean> {
  if (town.server.socket === undefined || liveHost(town)) return false;
  const { probeServer } = await import("../process/probe-server.ts");
  return (await probeServer(town.server.socket)) === "down";
}

/** Ends the host, which holds its lock until everything it ran is gone. */
async function lockWhenEnded(town: Town, signal: AbortSignal | undefined): Promise<HeldLock> {
  const deadline = performance.now() + HOST_TIMEOUT_MS;
  const hosts = new Map<number, ProcessIdentity>();
  for (let wait = 2; ; wait = Math.min(wait * 1.5, 50)) {
    const host = liveHost(town); // one that is just starting appears after the first look
    if (host && !hosts.has(host.pid)) {
      hosts.set(host.pid, host);
      signalProcess(host, "SIGTERM");
    }
    // Its last moments come after it has given up the lock.
    if (![...hosts.values()].some(isAlive)) {
      const lock = await tryHoldLock(town.paths.hostLock);
      if (lock) return lock;
    }
    if (performance.now() > deadline) {
      throw new TimeoutError(
        `The host does not end${host ? ` (pid ${host.pid})` : ""}`,
        "see .tt/logs/host.log",
      );
    }
    await sleep(wait, signal);
  }
}

/** Agents of a host that was killed before it could end them. */
async function endLeftOver(town: Town): Promise<void> {
  for (const id of await agentsToHost(town)) {
    const adopted = await adopt(town, id, { revive: false });
    if (adopted.kind !== "owned") continue;
    await end(town, ownerOf(adopted.agent), { state: "stopped", reason: "tt stop", by: "stop" });
  }
}
