import { CorruptRecordError } from "../core/errors.ts";
import { asAgentId, asMessageId, asTaskId } from "../core/ids.ts";
import type { Message, MessageType } from "../core/message.ts";

const TYPES: readonly MessageType[] = [
  "task",
  "query",
  "informational",
  "confirmation",
  "task_assign",
  "task_done",
  "task_failed",
  "status_request",
  "status_response",
  "ping",
  "pong",
  "shutdown",
  "custom",
];

/** A message of any kind that tinytown 0.10 or this program wrote. */
export function decodeMessage(key: string, raw: string): Message {
  const json = parse(key, raw);
  const text = (name: string): string => {
    const value = json[name];
    if (typeof value !== "string") throw new CorruptRecordError(key, `message without "${name}"`);
    return value;
  };
  const type = TYPES.find((known) => known === json.type) ?? "custom";
  const task = json.task_id;
  const correlation = json.correlation_id;
  return {
    id: asMessageId(text("id")),
    from: asAgentId(text("from")),
    to: asAgentId(text("to")),
    type,
    text: messageText(type, json),
    taskId: typeof task === "string" ? asTaskId(task) : undefined,
    urgent: json.priority === "urgent" || json.priority === "high",
    createdAt: new Date(text("created_at")),
    correlationId: typeof correlation === "string" ? asMessageId(correlation) : undefined,
  };
}

/** For looking only: what nobody can read is shown as it is, so that it does not hide the rest. */
export function decodeAnyMessage(key: string, raw: string): Message {
  try {
    const message = decodeMessage(key, raw);
    const hasTime = !Number.isNaN(message.createdAt.getTime());
    return hasTime ? message : { ...message, createdAt: new Date(0) };
  } catch (error) {
    if (!(error instanceof CorruptRecordError)) throw error;
    return {
      id: asMessageId(""),
      from: asAgentId("unknown"),
      to: asAgentId("unknown"),
      type: "custom",
      text: `(unreadable) ${raw}`,
      taskId: undefined,
      urgent: false,
      createdAt: new Date(0),
      correlationId: undefined,
    };
  }
}

function parse(key: string, raw: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(raw);
    if (typeof json === "object" && json !== null) return { ...json };
  } catch (error) {
    throw new CorruptRecordError(key, `message is no JSON (${String(error)})`);
  }
  throw new CorruptRecordError(key, "message is no JSON object");
}

function messageText(type: MessageType, json: Readonly<Record<string, unknown>>): string {
  const field = (name: string) => (typeof json[name] === "string" ? json[name] : "");
  switch (type) {
    case "task":
      return field("description");
    case "query":
      return field("question");
    case "informational":
      return field("summary");
    case "confirmation":
      return field("text") || confirmationText(json.ack_type);
    case "task_done":
      return field("result");
    case "task_failed":
      return field("error");
    case "status_response":
      return field("state");
    case "custom":
      return [field("kind"), field("payload")].filter((part) => part !== "").join(": ");
    default:
      return "";
  }
}

function confirmationText(ack: unknown): string {
  if (typeof ack !== "object" || ack === null) return "acknowledged";
  const fields: Record<string, unknown> = { ...ack };
  const reason = fields.reason;
  const type = typeof fields.type === "string" ? fields.type : "acknowledged";
  return typeof reason === "string" ? `${type}: ${reason}` : type;
}
