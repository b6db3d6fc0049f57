import { describe, expect, test } from "bun:test";
import { renderInbox, renderInboxes, renderSent } from "../../../../src/cli/render/messages.ts";
import { PLAIN_STYLE } from "../../../../src/cli/render/style.ts";
import { asTaskId } from "../../../../src/core/ids.ts";
import { sampleInbox, sampleMessage, TERMINAL } from "./samples.ts";

const URGENT = sampleMessage({ urgent: true, text: "Stop\nnow" });
const QUERY = sampleMessage({
  category: "query",
  type: "query",
  text: "Which port?",
  fromName: "qa",
});
const NOTE = sampleMessage({ category: "info", type: "informational", text: "FYI" });
const FULL = sampleInbox({
  urgent: [URGENT],
  messages: [QUERY],
  notes: [NOTE],
  counts: { task: 1, query: 1, info: 0, ack: 0 },
});

describe("renderInbox()", () => {
  test("shows texts in full, urgent ones first", () => {
    expect(renderInbox(FULL, PLAIN_STYLE)).toMatchInlineSnapshot(`
      "Inbox of dev (Idle): 2 messages, 1 urgent (T:1 Q:1 I:0 C:0)
        ! [T] 2026-03-01 12:00:00Z from conductor
            │ Stop
            │ now
        [Q] 2026-03-01 12:00:00Z from qa
            │ Which port?
      For the next prompt:
        [I] 2026-03-01 12:00:00Z from conductor
            │ FYI"
    `);
  });

  test("says that it is empty", () => {
    expect(renderInbox(sampleInbox({ name: "conductor", state: undefined }), TERMINAL)).toBe(
      "📬 Inbox of conductor: empty",
    );
  });

  test("names the task of an assignment and removes escape sequences", () => {
    const taskId = asTaskId("019cafe0-1111-7222-8333-444455556666");
    const message = sampleMessage({ type: "task_assign", taskId, text: "a\u001b]0;x\u0007b" });
    expect(renderInbox(sampleInbox({ messages: [message] }), PLAIN_STYLE)).toEndWith(
      "task 019cafe0-1111-7222-8333-444455556666: ab",
    );
  });
});

describe("renderInboxes()", () => {
  test("previews each mailbox that holds something", () => {
    const many = sampleInbox({
      name: "busy",
      state: "working",
      messages: Array.from({ length: 7 }, (_, i) => sampleMessage({ text: `job ${i}` })),
      counts: { task: 7, query: 0, info: 0, ack: 0 },
    });
    expect(renderInboxes([FULL, sampleInbox(), many], PLAIN_STYLE)).toMatchInlineSnapshot(`
      "dev (Idle): 2 messages, 1 urgent (T:1 Q:1 I:0 C:0)
        ! [T] Stop
        [Q] Which port?

      busy (Working): 7 messages (T:7 Q:0 I:0 C:0)
        [T] job 0
        [T] job 1
        [T] job 2
        [T] job 3
        [T] job 4
        and 2 more: tt inbox busy"
    `);
  });

  test("says that nothing waits", () => {
    expect(renderInboxes([sampleInbox()], PLAIN_STYLE)).toBe("No messages are waiting.");
  });
});

test("renderSent() names kind, urgency and receiver", () => {
  const sent = { toName: "reviewer", kind: "query", urgent: true } as const;
  expect(renderSent(sent, PLAIN_STYLE)).toBe("Sent urgent query message to reviewer");
});
