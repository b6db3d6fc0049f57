import { describe, expect, test } from "bun:test";
import { messageCategory, messagePayload } from "../../../src/core/message.ts";

describe("messagePayload()", () => {
  test("keeps the whole text of every kind", () => {
    const text = "first line\n  second 'line' \"quoted\"\n";
    for (const kind of ["task", "query", "info", "ack"] as const) {
      expect(Object.values(messagePayload(kind, text).fields)).toContain(text);
    }
  });

  test.each([
    ["rejected: weak hash", { type: "rejected", reason: "weak hash" }],
    ["Received, starting", { type: "received" }],
    ["approved", { type: "approved" }],
    ["many thanks", { type: "thanks" }],
    ["back to the backlog", { type: "acknowledged" }],
  ])("reads the acknowledgement %p", (text, ack) => {
    expect(messagePayload("ack", text)).toMatchObject({
      type: "confirmation",
      fields: { ack_type: ack },
    });
  });
});

test("messageCategory() starts turns for tasks and queries only", () => {
  expect(["task", "task_assign", "custom"].map((t) => messageCategory(t as "task"))).toEqual([
    "task",
    "task",
    "task",
  ]);
  expect(messageCategory("query")).toBe("query");
  expect(messageCategory("confirmation")).toBe("ack");
  expect(messageCategory("informational")).toBe("info");
  expect(messageCategory("task_done")).toBe("info");
});
