import type { Agent } from "../core/agent.ts";
import { ConflictError } from "../core/errors.ts";
import type { AgentId } from "../core/ids.ts";
import { processIdentity } from "../process/alive.ts";
import { type HeldLock, tryHoldLock } from "../process/hold-lock.ts";
import { killMarkedProcesses } from "../process/marked-processes.ts";
import { BellWatch } from "../services/bells.ts";
import { liveHost } from "../services/host-record.ts";
import { removeHostRecord, writeHostRecord } from "../services/host-record-file.ts";
import { HOST_MARKER } from "../services/markers.ts";
import type { Town } from "../services/town.ts";
import { type AgentEnd, adopt, agentsToHost, heartbeat } from "../services/turns.ts";
import { sleep } from "../util/sleep.ts";
import type { HostLog } from "./host-log.ts";
import { AgentRunner } from "./runner.ts";

const HEARTBEAT_MS = 5_000;
/** Longer than a turn's grace period, shorter than whoever waits for this host. */
const STOP_TIMEOUT_MS = 15_000;
/** How long a host waits for one that is just ending. */
const LOCK_TIMEOUT_MS = 10_000;

export interface HostOptions {
  /** Aborted: the agents are stopped, their work goes back to their queues. */
  readonly signal: AbortSignal;
  /** Ends by itself when no agent is left; does nothing when another host is live. */
  readonly background: boolean;
  readonly log: HostLog;
  /** Called when the agents are taken over. */
  readonly onReady?: (() => void) | undefined;
}

/**
 * Runs the loops of all agents that are placed on this machine and town directory, until the signal
 * is aborted. One host per directory: the lock it holds tells that every earlier one is dead.
 * @throws ConflictError E_HOST_RUNNING when another host is live and this is not the background one
 */
export async function runHost(town: Town, options: HostOptions): Promise<void> {
  const lock = await hostLock(town, options);
  if (lock === undefined) return;
  try {
    await writeHostRecord(town, { ...processIdentity(process.pid), ready: false });
    await new Host(town, options).run();
  } finally {
    await removeHostRecord(town);
    lock.release();
  }
}

async function hostLock(town: Town, options: HostOptions): Promise<HeldLock | undefined> {
  const deadline = performance.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    const lock = await tryHoldLock(town.paths.hostLock);
    if (lock) return lock;
    const other = liveHost(town);
    if (other && options.background) return undefined;
    if (other || performance.now() > deadline) {
      throw new ConflictError({
        code: "E_HOST_RUNNING",
        message: `The agents of town "${town.name}" already run in the background${other ? ` (pid ${other.pid})` : ""}`,
        hint: "tt status shows them, tt stop ends them",
      });
    }
    await sleep(20, options.signal);
  }
}

class Host {
  readonly #town: Town;
  readonly #options: HostOptions;
  readonly #runners = new Map<AgentId, AgentRunner>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #watching = new AbortController();
  readonly #bells: BellWatch;
  #adopting: Promise<void> = Promise.resolve();
  #record: Promise<void> = Promise.resolve();
  #over = false;
  #beating = false;

  constructor(town: Town, options: HostOptions) {
    this.#town = town;
    this.#options = options;
    this.#bells = new BellWatch(
      town,
      {
        onAgent: (id) => this.#runners.get(id)?.wake(),
        onHost: () => this.#adoptNew(),
        onUncertain: (error) => this.#lookEverywhere(error),
      },
      this.#watching.signal,
    );
  }

  async run(): Promise<void> {
    const { signal, log } = this.#options;
    const orphans = killMarkedProcesses(HOST_MARKER, this.#town.hostId);
    if (orphans > 0) log(`ended ${orphans} processes that an earlier host left behind`);
    const timer = setInterval(() => void this.#heartbeat(), HEARTBEAT_MS);
    const stop = () => this.#ended.resolve();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      await Promise.race([this.#begin(), this.#ended.promise]);
      await this.#ended.promise;
    } finally {
      clearInterval(timer);
      this.#over = true;
      await this.#stopAll({ state: "stopped", reason: "tt stop", by: "stop" });
      this.#watching.abort();
      await this.#record;
      log("host has ended");
    }
  }

  /** Waits for the server as long as it takes; whoever wants the host to end does not. */
  async #begin(): Promise<void> {
    await this.#heartbeat();
    await this.#adoptAll({ revive: !this.#options.background });
    if (this.#options.signal.aborted) return;
    await this.#writeRecord();
    this.#options.log(`host of town "${this.#town.name}" is ready, pid ${process.pid}`);
    this.#options.onReady?.();
    if (this.#options.background && this.#runners.size === 0) await this.#endWhenUnneeded();
  }

  #writeRecord(): Promise<void> {
    const record = { ...processIdentity(process.pid), ready: true };
    return this.#changeRecord(() => writeHostRecord(this.#town, record));
  }

  /** One change after the other, and none after the end: a late write would name a dead host. */
  #changeRecord(change: () => Promise<void>): Promise<void> {
    this.#record = this.#record.then(() => (this.#over ? undefined : change()));
    return this.#record;
  }

  #lookEverywhere(error: unknown): void {
    if (this.#watching.signal.aborted) return;
    this.#options.log(`lost touch with the server: ${String(error)}`);
    this.#adoptNew();
    for (const runner of this.#runners.values()) runner.wake();
  }

  #adoptNew(): void {
    void this.#adoptAll({ revive: false });
  }

  /** One after the other: two at once would adopt the same agent twice. */
  #adoptAll(how: { readonly revive: boolean }): Promise<void> {
    this.#adopting = this.#adopting.then(async () => {
      try {
        const ids = await agentsToHost(this.#town);
        await Promise.all(ids.map((id) => this.#adopt(id, how)));
      } catch (error) {
        if (!this.#town.closed.aborted) this.#options.log(`cannot adopt: ${String(error)}`);
      }
    });
    return this.#adopting;
  }

  async #adopt(id: AgentId, how: { readonly revive: boolean }): Promise<void> {
    if (this.#runners.has(id) || this.#options.signal.aborted) return;
    const adopted = await adopt(this.#town, id, how);
    if (adopted.kind === "owned") this.#start(adopted.agent);
  }

  #start(agent: Agent): void {
    const runner = new AgentRunner({
      town: this.#town,
      agent,
      log: this.#options.log,
      onGone: () => this.#forget(agent.id, runner),
    });
    this.#runners.set(agent.id, runner);
    this.#bells.add(agent.id);
    this.#options.log(`${agent.name} (${agent.cli}) is here`);
    runner.wake();
  }

  #forget(id: AgentId, runner: AgentRunner): void {
    if (this.#runners.get(id) !== runner) return;
    this.#runners.delete(id);
    this.#bells.remove(id);
    if (this.#options.background && this.#runners.size === 0) void this.#endWhenUnneeded();
    else this.#adoptNew(); // it may have been spawned again while it ended
  }

  /**
   * A background host without agents ends. Whoever spawns one stores it first and looks for the
   * host's record second; so with the record gone, a last look finds every agent that counts on us.
   */
  async #endWhenUnneeded(): Promise<void> {
    await this.#changeRecord(() => removeHostRecord(this.#town));
    await this.#adoptAll({ revive: false });
    if (this.#runners.size === 0) this.#ended.resolve();
    else await this.#writeRecord();
  }

  async #heartbeat(): Promise<void> {
    if (this.#beating) return; // the server is away; one call waits for it already
    this.#beating = true;
    const owners = [...this.#runners.values()].map((runner) => runner.owner);
    const record = { pid: process.pid, machine: this.#town.env.machine, root: this.#town.root };
    try {
      const lost = await heartbeat(this.#town, record, owners);
      for (const id of lost) void this.#runners.get(id)?.fence();
    } catch (error) {
      if (!this.#town.closed.aborted) this.#options.log(`heartbeat failed: ${String(error)}`);
    } finally {
      this.#beating = false;
    }
  }

  /** The turns first: they end whether or not the server is there to write it down. */
  async #stopAll(how: AgentEnd): Promise<void> {
    const stopRunners = () =>
      Promise.all([...this.#runners.values()].map((runner) => runner.stop(how)));
    const stopped = stopRunners()
      .then(() => this.#adopting)
      .then(stopRunners);
    // Without a server nothing can be written: the next host adopts what is left.
    await Promise.race([stopped, sleep(STOP_TIMEOUT_MS)]);
  }
}
