import { type AgentId, asAgentId, asMessageId, type MessageId } from "../core/ids.ts";
import type { Message, MessageType } from "../core/message.ts";
import { decodeAnyMessage } from "./message-codec.ts";
import type { TownStore } from "./town-store.ts";

export interface NewMessage {
  readonly to: string;
  readonly id: MessageId;
  readonly from: string | undefined;
  readonly type: MessageType;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly summary: string;
  readonly urgent: boolean;
  readonly correlationId: string | undefined;
  readonly queueLimit: number;
}

export interface SentMessage {
  readonly messageId: MessageId;
  readonly toId: AgentId;
  readonly toName: string;
  readonly fromId: AgentId;
  /** The host that runs the recipient. */
  readonly hostId: string;
}

export async function storeMessage(store: TownStore, message: NewMessage): Promise<SentMessage> {
  const [, id, to, name, from, hostId] = await store.run("send", `Cannot send to "${message.to}"`, [
    message.to,
    message.id,
    message.from ?? "",
    message.type,
    JSON.stringify(message.fields),
    message.summary,
    message.urgent ? "1" : "",
    message.correlationId ?? "",
    message.queueLimit,
  ]);
  return {
    messageId: asMessageId(String(id)),
    toId: asAgentId(String(to)),
    toName: String(name),
    fromId: asAgentId(String(from)),
    hostId: String(hostId),
  };
}

export interface Queues {
  readonly urgent: readonly Message[];
  readonly inbox: readonly Message[];
  readonly notes: readonly Message[];
}

/** Looks without taking; the oldest `limit` of each queue. */
export async function peekQueues(store: TownStore, id: AgentId, limit: number): Promise<Queues> {
  const peek = async (key: string): Promise<readonly Message[]> => {
    const reply = await store.command("Cannot read messages", "LRANGE", [key, 0, limit - 1]);
    return Array.isArray(reply) ? reply.map((raw) => decodeAnyMessage(key, String(raw))) : [];
  };
  const { keys } = store;
  const [urgent, inbox, notes] = await Promise.all([
    peek(keys.urgent(id)),
    peek(keys.inbox(id)),
    peek(keys.notes(id)),
  ]);
  return { urgent, inbox, notes };
}
