import { expect, test } from "bun:test";
import type { TownEvent } from "../../../src/core/event.ts";
import { asAgentId } from "../../../src/core/ids.ts";
import { MessageBook, messageError } from "../../../src/flow/message-book.ts";

const DEV = asAgentId("0190aaaa-0000-7000-8000-000000000001");
const sent = (id: string) => ({ id, agentId: DEV, agentName: "dev", text: "do", site: undefined });

function event(type: string, messageId: string): TownEvent {
  const none = { taskId: undefined, oldState: undefined, newState: undefined, outcome: undefined };
  return {
    id: "1-0",
    at: new Date(0),
    type,
    message: "dev: why",
    agentId: DEV,
    messageId,
    ...none,
  };
}

test("MessageBook tells of each dead message of its run once", () => {
  const book = new MessageBook();
  book.add(sent("a"));
  book.add(sent("b"));
  expect(book.note(event("message_answered", "a"))).toBeUndefined();
  expect(book.note(event("message_dead", "foreign"))).toBeUndefined();
  expect(book.hasOpen).toBe(true);
  expect(book.note(event("message_dead", "b"))).toMatchObject({ id: "b", why: "why" });
  expect(book.hasOpen).toBe(false);
  expect(book.takeUnobserved(new Set())).toEqual([]);
  const errors = book.takeUnobserved(new Set([DEV])).map((dead) => messageError(dead, "f.ts:1"));
  expect(errors.map(({ code, message }) => [code, message])).toEqual([
    ["TASK_FAILED", 'Message "do" to "dev" failed: why'],
  ]);
  expect(book.takeUnobserved()).toEqual([]);
});

test("MessageBook knows a message that died before its sending was known", () => {
  const book = new MessageBook();
  book.note(event("message_dead", "a"));
  book.add(sent("a"));
  expect(book.takeUnobserved()).toHaveLength(1);
});
