import type { TownEvent } from "../core/event.ts";
import { lastEventId, newestEvents, waitForEvents } from "../redis/event-stream.ts";
import { ConnectionLostError, type RedisPort } from "../redis/port.ts";
import type { Town } from "./town.ts";

const BLOCK_MS = 5_000;

export type { TownEvent } from "../core/event.ts";

export interface FollowOptions {
  /** Id of the last event already seen. Default: from now on. */
  readonly since?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Events as they happen, each once, over lost connections too; ends when the signal is aborted or
 * the town closed.
 * @throws UnavailableError when the server stays away for longer than the town has patience
 */
export async function* followEvents(
  town: Town,
  { since, signal }: FollowOptions,
): AsyncGenerator<TownEvent> {
  const end = AbortSignal.any([signal, town.closed]);
  let after = since ?? (await lastEventId(town.store));
  const port = town.connectReader(end);
  const stop = () => port.close();
  end.addEventListener("abort", stop, { once: true });
  try {
    while (!end.aborted) {
      const events = await readEvents(town, port, after);
      yield* events;
      after = events.at(-1)?.id ?? after;
    }
  } catch (error) {
    if (!end.aborted) throw error;
  } finally {
    end.removeEventListener("abort", stop);
    port.close();
  }
}

/** None when the connection was lost, as soon as there is a server again. */
async function readEvents(
  town: Town,
  port: RedisPort,
  after: string,
): Promise<readonly TownEvent[]> {
  try {
    return await waitForEvents(port, town.store.keys.events, { after, blockMs: BLOCK_MS });
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    await town.store.command("Cannot read events", "PING", []); // waits as patiently as every call of this town
    return [];
  }
}

/** The newest, oldest of them first. */
export function recentEvents(town: Town, limit: number): Promise<readonly TownEvent[]> {
  return newestEvents(town.store, limit);
}
