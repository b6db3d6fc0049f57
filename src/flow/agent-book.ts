import type { AgentRef, Agent as FlowAgent } from "tinytown";
import type { Agent } from "../core/agent.ts";
import type { AgentId } from "../core/ids.ts";
import { TownError } from "./town-error.ts";

interface Entry {
  readonly record: Agent;
  readonly handle: FlowAgent;
}

/** The agents a flow knows, each with the one object its code holds. */
export class AgentBook {
  readonly #make: (record: Agent, reused: boolean) => FlowAgent;
  readonly #byId = new Map<AgentId, Entry>();
  readonly #records = new WeakMap<object, Agent>();
  /** Spawned or given work by this flow. */
  readonly #members = new Set<AgentId>();
  /** Created by this flow and to be closed by it. */
  readonly #owned = new Set<AgentId>();

  constructor(make: (record: Agent, reused: boolean) => FlowAgent) {
    this.#make = make;
  }

  handle(record: Agent, options: { readonly reused: boolean } = { reused: true }): FlowAgent {
    const known = this.#byId.get(record.id);
    if (known !== undefined) return known.handle;
    const handle = this.#make(record, options.reused);
    this.#byId.set(record.id, { record, handle });
    this.#records.set(handle, record);
    return handle;
  }

  join(id: AgentId): void {
    this.#members.add(id);
  }

  own(id: AgentId): void {
    this.#owned.add(id);
  }

  disown(id: AgentId): void {
    this.#owned.delete(id);
  }

  owns(id: AgentId): boolean {
    return this.#owned.has(id);
  }

  members(): readonly Agent[] {
    return this.#pick(this.#members);
  }

  owned(): readonly Agent[] {
    return this.#pick(this.#owned);
  }

  byId(id: AgentId): FlowAgent | undefined {
    return this.#byId.get(id)?.handle;
  }

  /** By what the flow's code may write; undefined for a name nobody has mentioned yet. */
  find(ref: AgentRef): Agent | undefined {
    if (typeof ref !== "string") return this.#recordOf(ref);
    const name = ref.trim().toLowerCase();
    const entries = [...this.#byId.values()].reverse();
    return entries.find(({ record }) => [record.name, record.nickname, record.id].includes(name))
      ?.record;
  }

  isHandle(value: unknown): value is FlowAgent {
    return typeof value === "object" && value !== null && this.#records.has(value);
  }

  #recordOf(handle: FlowAgent): Agent {
    const record = this.#records.get(handle);
    if (record !== undefined) return record;
    throw new TownError({
      code: "INVALID_ARGUMENT",
      message: `Expected an agent or its name, got ${typeof handle}`,
      hint: 'pass what spawn(…) resolved with (is an "await" missing?), or the name as a string',
    });
  }

  #pick(ids: ReadonlySet<AgentId>): Agent[] {
    return [...ids].flatMap((id) => this.#byId.get(id)?.record ?? []);
  }
}

/** What a service can look an agent up by. */
export function lookupName(book: AgentBook, ref: AgentRef): string {
  return book.find(ref)?.name ?? String(ref);
}
