import type { TownEvent } from "../core/event.ts";
import type { RedisPort, StreamEntry } from "./port.ts";
import { streamEntry } from "./port.ts";
import { serverRefusal } from "./refusal.ts";
import type { TownStore } from "./town-store.ts";

/** The newest id, `0-0` in an empty stream: where to start for "from now on". */
export async function lastEventId(store: TownStore): Promise<string> {
  const [last] = await newestEvents(store, 1);
  return last?.id ?? "0-0";
}

/** The newest `limit`, oldest of them first. */
export async function newestEvents(store: TownStore, limit: number): Promise<readonly TownEvent[]> {
  const reply = await store.command("Cannot read events", "XREVRANGE", [
    store.keys.events,
    "+",
    "-",
    "COUNT",
    limit,
  ]);
  const entries = Array.isArray(reply) ? reply : [];
  return entries
    .map((entry) => {
      const [id, flat] = Array.isArray(entry) ? entry : [];
      return decodeEvent(streamEntry(String(id), Array.isArray(flat) ? flat : []));
    })
    .reverse();
}

/** Waits on `port`, a connection of its own, for events after `after`. */
export async function waitForEvents(
  port: RedisPort,
  key: string,
  position: { readonly after: string; readonly blockMs: number },
): Promise<readonly TownEvent[]> {
  try {
    return (await port.readStream(key, position.after, position.blockMs)).map(decodeEvent);
  } catch (error) {
    throw serverRefusal("Cannot read events", error);
  }
}

function decodeEvent(entry: StreamEntry): TownEvent {
  const data = parse(entry.fields.data);
  const text = (name: string) => (typeof data[name] === "string" ? data[name] : undefined);
  const [ms = "0"] = entry.id.split("-");
  return {
    id: entry.id,
    at: new Date(Number(ms)),
    type: entry.fields.event_type ?? text("event_type") ?? "unknown",
    message: text("message") ?? "",
    agentId: text("agent_id"),
    taskId: text("task_id"),
    messageId: text("message_id"),
    oldState: text("old_state"),
    newState: text("new_state"),
    outcome: text("outcome"),
  };
}

function parse(data: string | undefined): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(data ?? "{}");
    return typeof json === "object" && json !== null ? { ...json } : {};
  } catch {
    return {}; // an event is a notice; a damaged one must not stop whoever reads the stream
  }
}
