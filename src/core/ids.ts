declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type AgentId = Branded<"AgentId">;
export type TaskId = Branded<"TaskId">;
export type MessageId = Branded<"MessageId">;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The mailbox of whoever leads the town; `conductor` and `supervisor` are its two names. */
export const SUPERVISOR_ID = "00000000-0000-0000-0000-000000000001" as AgentId;

export function newAgentId(): AgentId {
  return crypto.randomUUID() as AgentId;
}

/** Version 7: sorts by creation time, which is the order of every task list. */
export function newTaskId(): TaskId {
  return Bun.randomUUIDv7() as TaskId;
}

export function newMessageId(): MessageId {
  return Bun.randomUUIDv7() as MessageId;
}

/** Ids read from the store have been checked by whoever wrote them. */
export const asAgentId = (text: string): AgentId => text as AgentId;
export const asTaskId = (text: string): TaskId => text as TaskId;
export const asMessageId = (text: string): MessageId => text as MessageId;

/** An agent id as `tt list` prints it: `550e8400-...`. */
export function shortAgentId(id: string): string {
  return `${id.slice(0, 8)}-...`;
}

/** The shortest part of a time-ordered id that tells two tasks of the same minute apart. */
export function shortTaskId(id: string): string {
  return id.slice(0, 13);
}
