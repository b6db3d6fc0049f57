import type { AgentId, MessageId, TaskId } from "./ids.ts";

/** What a sender may choose. `task` is free text to act on; an assignment is sent by `assign`. */
export const MESSAGE_KINDS = ["task", "query", "info", "ack"] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** The `type` tag in the stored JSON (the vocabulary of tinytown 0.10). */
export type MessageType =
  | "task"
  | "query"
  | "informational"
  | "confirmation"
  | "task_assign"
  | "task_done"
  | "task_failed"
  | "status_request"
  | "status_response"
  | "ping"
  | "pong"
  | "shutdown"
  | "custom";

export interface Message {
  readonly id: MessageId;
  readonly from: AgentId;
  readonly to: AgentId;
  readonly type: MessageType;
  /** The full text: description, question, summary, reason or payload, as the type has it. */
  readonly text: string;
  readonly taskId: TaskId | undefined;
  readonly urgent: boolean;
  readonly createdAt: Date;
  /** The message this one answers. */
  readonly correlationId: MessageId | undefined;
}

export type MessageCategory = "task" | "query" | "info" | "ack";

/** Tasks and queries start a turn; information and acknowledgements ride along in the next one. */
export function messageCategory(type: MessageType): MessageCategory {
  switch (type) {
    case "task":
    case "task_assign":
    case "custom":
      return "task";
    case "query":
    case "status_request":
      return "query";
    case "confirmation":
      return "ack";
    default:
      return "info";
  }
}

/** The stored `type` and payload fields of a message a sender wrote. */
export function messagePayload(
  kind: MessageKind,
  text: string,
): { readonly type: MessageType; readonly fields: Readonly<Record<string, unknown>> } {
  switch (kind) {
    case "task":
      return { type: "task", fields: { description: text } };
    case "query":
      return { type: "query", fields: { question: text } };
    case "info":
      return { type: "informational", fields: { summary: text } };
    case "ack":
      return { type: "confirmation", fields: { ack_type: ackType(text), text } };
  }
}

function ackType(text: string): Readonly<Record<string, string>> {
  const lower = text.trim().toLowerCase();
  if (lower.startsWith("rejected:")) {
    return { type: "rejected", reason: text.trim().slice("rejected:".length).trim() };
  }
  if (lower.startsWith("received")) return { type: "received" };
  if (lower.startsWith("approved")) return { type: "approved" };
  if (/\bthanks\b|\bthank you\b/.test(lower)) return { type: "thanks" };
  return { type: "acknowledged" };
}
