import type { AgentId } from "../core/ids.ts";
import type { RedisPort } from "../redis/port.ts";
import { backoffDelay } from "../util/backoff.ts";
import { sleep } from "../util/sleep.ts";
import type { Town } from "./town.ts";

/** Bells that one connection waits on; more of them make each wake-up slower. */
const BELLS_PER_CONNECTION = 100;
/** Bounds what a half-open connection can hide; an idle town pays two commands a minute for it. */
const BLOCK_SECONDS = 30;

export interface BellHandlers {
  /** Mail, or a wish about this agent. */
  readonly onAgent: (id: AgentId) => void;
  /** The set of agents on this host changed. */
  readonly onHost: () => void;
  /** A read failed, and perhaps a token is lost with it: anything may have happened. */
  readonly onUncertain: (error: unknown) => void;
}

/** Blocks on the bells of a host and its agents, in groups of one connection each. */
export class BellWatch {
  readonly #town: Town;
  readonly #handlers: BellHandlers;
  readonly #signal: AbortSignal;
  readonly #groups: BellGroup[] = [];

  constructor(town: Town, handlers: BellHandlers, signal: AbortSignal) {
    this.#town = town;
    this.#handlers = handlers;
    this.#signal = signal;
    this.#addGroup();
  }

  add(id: AgentId): void {
    const group = this.#groups.find((g) => g.size < BELLS_PER_CONNECTION) ?? this.#addGroup();
    group.add(id);
  }

  remove(id: AgentId): void {
    for (const group of this.#groups) group.delete(id);
  }

  #addGroup(): BellGroup {
    const bell = this.#town.store.keys.hostBell(this.#bellName(this.#groups.length));
    const group = new BellGroup(this.#town, this.#handlers, bell);
    this.#groups.push(group);
    void group.watch(this.#signal);
    return group;
  }

  /** The first group listens for the host, the others only for changes of their own set. */
  #bellName(index: number): string {
    return index === 0 ? this.#town.hostId : `${this.#town.hostId}:${index}`;
  }
}

class BellGroup {
  readonly #town: Town;
  readonly #handlers: BellHandlers;
  readonly #bell: string;
  readonly #agents = new Map<string, AgentId>();

  constructor(town: Town, handlers: BellHandlers, bell: string) {
    this.#town = town;
    this.#handlers = handlers;
    this.#bell = bell;
  }

  get size(): number {
    return this.#agents.size;
  }

  /** The read under way does not know the new bell yet, so it is made to start over. */
  add(id: AgentId): void {
    this.#agents.set(this.#town.store.keys.bell(id), id);
    this.#town.store.port.command("RPUSH", [this.#bell, "1"]).catch(() => undefined);
  }

  delete(id: AgentId): void {
    this.#agents.delete(this.#town.store.keys.bell(id));
  }

  async watch(signal: AbortSignal): Promise<void> {
    const port = this.#town.connectReader(signal);
    const stop = () => port.close();
    signal.addEventListener("abort", stop, { once: true });
    for (let failures = 0; !signal.aborted; ) {
      failures = (await this.#once(port)) ? 0 : failures + 1;
      if (failures > 0 && !signal.aborted) {
        await sleep(backoffDelay(failures, { baseMs: 20, maxMs: 1_000 }), signal).catch(
          () => undefined,
        );
      }
    }
    port.close();
  }

  /** @returns false when the read failed */
  async #once(port: RedisPort): Promise<boolean> {
    try {
      const rung = await port.blockingPop([this.#bell, ...this.#agents.keys()], BLOCK_SECONDS);
      const id = rung && this.#agents.get(rung[0]);
      if (id) this.#handlers.onAgent(id);
      else if (rung) this.#handlers.onHost();
      return true;
    } catch (error) {
      this.#handlers.onUncertain(error);
      return false;
    }
  }
}
