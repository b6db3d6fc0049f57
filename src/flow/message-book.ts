import type { TownEvent } from "../core/event.ts";
import type { AgentId } from "../core/ids.ts";
import { summarize } from "../util/sanitize.ts";
import type { CallSite } from "./call-site.ts";
import { TownError } from "./town-error.ts";

/** Something to act on that this flow sent to an agent: a task or a query, no note. */
export interface SentMessage {
  readonly id: string;
  readonly agentId: AgentId;
  readonly agentName: string;
  readonly text: string;
  /** The call of `send`. */
  readonly site: CallSite | undefined;
}

export interface DeadMessage extends SentMessage {
  /** Why its agent's turns failed for good. */
  readonly why: string;
}

/** What became of the messages of one run. */
export class MessageBook {
  readonly #open = new Map<string, SentMessage>();
  /** By message; the town may tell of an end before `send` has its answer. */
  readonly #ends = new Map<string, TownEvent>();
  readonly #unobserved = new Set<DeadMessage>();

  add(message: SentMessage): void {
    this.#open.set(message.id, message);
    const end = this.#ends.get(message.id);
    if (end !== undefined) this.note(end);
  }

  /** @returns the message, if the event tells that its agent has given up on it */
  note(event: TownEvent): DeadMessage | undefined {
    const { type, messageId } = event;
    if (messageId === undefined) return undefined;
    if (type !== "message_answered" && type !== "message_dead") return undefined;
    const message = this.#open.get(messageId);
    if (message === undefined) {
      this.#ends.set(messageId, event);
      return undefined;
    }
    this.#open.delete(messageId);
    if (type === "message_answered") return undefined;
    const name = `${message.agentName}: `;
    const why = event.message.startsWith(name) ? event.message.slice(name.length) : event.message;
    const dead = { ...message, why };
    this.#unobserved.add(dead);
    return dead;
  }

  /** Some may have ended without this process having read of it yet. */
  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Those the flow's code has not been told of. @param agents default: all */
  takeUnobserved(agents?: ReadonlySet<AgentId>): readonly DeadMessage[] {
    const dead = [...this.#unobserved].filter((message) => agents?.has(message.agentId) ?? true);
    for (const message of dead) this.#unobserved.delete(message);
    return dead;
  }
}

/** @param where the call of `send`, as people read it */
export function messageError(message: DeadMessage, where: string | undefined): TownError {
  const { agentName, text, why, site } = message;
  return new TownError({
    code: "TASK_FAILED",
    message: `Message "${summarize(text, 60)}" to "${agentName}" failed: ${why}`,
    agent: agentName,
    site,
    where,
  });
}
