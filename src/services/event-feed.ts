import type { TownEvent } from "../core/event.ts";
import { lastEventId, waitForEvents } from "../redis/event-stream.ts";
import type { RedisPort } from "../redis/port.ts";
import type { TownStore } from "../redis/town-store.ts";
import { abortable } from "../util/abortable.ts";
import { backoffDelay } from "../util/backoff.ts";
import { sleep } from "../util/sleep.ts";

/** A blocked read returns after this even when nothing happened; every waiter then looks again. */
const BLOCK_MS = 5_000;

export interface Subscription extends Disposable {
  /** Settles at the next relevant event, or at the latest after a few seconds; misses none. */
  next(signal?: AbortSignal): Promise<void>;
}

/** One blocked read of the event stream for everything in this process that waits. */
export class EventFeed {
  readonly #store: TownStore;
  readonly #connect: () => RedisPort;
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<(events: readonly TownEvent[]) => void>();
  #position: Promise<string> | undefined;
  #reading = false;

  constructor(store: TownStore, connect: () => RedisPort, signal: AbortSignal) {
    this.#store = store;
    this.#connect = connect;
    this.#signal = signal;
  }

  /**
   * Everything that happens after this resolves reaches the subscription. Probe after subscribing,
   * then wait with `next`.
   * @param relevant which events wake it; default all
   */
  async subscribe(
    relevant: (event: TownEvent) => boolean = () => true,
    signal?: AbortSignal,
  ): Promise<Subscription> {
    let seen = Promise.withResolvers<void>();
    const listener = (events: readonly TownEvent[]): void => {
      if (events.length === 0 || events.some(relevant)) seen.resolve();
    };
    this.#listeners.add(listener);
    this.#position ??= this.#now();
    try {
      await abortable(this.#position, signal);
    } catch (error) {
      this.#listeners.delete(listener);
      throw error;
    }
    if (!this.#reading) void this.#read();
    return {
      next: async (signal) => {
        await abortable(seen.promise, signal);
        seen = Promise.withResolvers<void>();
      },
      [Symbol.dispose]: () => void this.#listeners.delete(listener),
    };
  }

  async #now(): Promise<string> {
    try {
      return await lastEventId(this.#store);
    } catch (error) {
      this.#position = undefined; // the next subscriber asks again
      throw error;
    }
  }

  /** Goes on until the town is closed: a connection per wait would double what a step costs. */
  async #read(): Promise<void> {
    this.#reading = true;
    const port = this.#connect();
    let after = (await this.#position) ?? "0-0";
    try {
      for (let failures = 0; !this.#signal.aborted; ) {
        const events = await this.#readOnce(port, after);
        failures = events === undefined ? failures + 1 : 0;
        after = events?.at(-1)?.id ?? after;
        for (const listener of [...this.#listeners]) listener(events ?? []);
        if (events === undefined) {
          await sleep(backoffDelay(failures, { baseMs: 50, maxMs: 1_000 }), this.#signal);
        }
      }
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    } finally {
      port.close();
    }
  }

  /** undefined: the read failed; the next one goes on from the same position. */
  async #readOnce(port: RedisPort, after: string): Promise<readonly TownEvent[] | undefined> {
    try {
      return await waitForEvents(port, this.#store.keys.events, { after, blockMs: BLOCK_MS });
    } catch {
      return undefined; // whoever waits looks again, and meets the trouble in a call of its own
    }
  }
}
