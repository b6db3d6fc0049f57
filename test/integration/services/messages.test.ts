import { describe, expect, test } from "bun:test";
import { SUPERVISOR_ID } from "../../../src/core/ids.ts";
import { MESSAGE_KINDS } from "../../../src/core/message.ts";
import { readAllInboxes, readInbox, sendMessage } from "../../../src/services/messages.ts";
import { assignTask } from "../../../src/services/tasks.ts";
import { handHost } from "../../support/hand-host.ts";
import { rejection } from "../../support/rejection.ts";
import { testTown } from "../../support/town.ts";

describe("sendMessage()", () => {
  test("sends on behalf of the agent that runs the command, else of the conductor", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const { agentId } = await host.own("ann");
    await host.own("bob");
    const inside = { ...rig.town, env: { ...rig.env, agentId } };
    await sendMessage(inside, { to: "bob", text: "from ann" });
    await sendMessage(rig.town, { to: "bob", text: "from outside" });
    await sendMessage(inside, { to: "bob", text: "for bob himself", from: "bob" });
    const { messages } = await readInbox(rig.town, "bob");
    expect(messages.map(({ fromName }) => fromName)).toEqual(["ann", "conductor", "bob"]);
  });

  test("tells what it has sent", async () => {
    await using rig = await testTown();
    const sent = await sendMessage(rig.town, { to: "Supervisor", text: "hi", kind: "query" });
    expect(sent).toMatchObject({
      toId: SUPERVISOR_ID,
      toName: "conductor",
      fromId: SUPERVISOR_ID,
      kind: "query",
      urgent: false,
    });
    expect(sent).not.toHaveProperty("hostId");
  });

  test("links an answer to its question", async () => {
    await using rig = await testTown();
    const { messageId } = await sendMessage(rig.town, { to: "conductor", text: "?" });
    await sendMessage(rig.town, { to: "conductor", text: "!", replyTo: messageId });
    const { messages } = await readInbox(rig.town, "conductor");
    expect(messages[1]?.correlationId).toBe(messageId);
  });

  test.each(["", "  \n\t"])("refuses the empty text %p", async (text) => {
    await using rig = await testTown();
    const error = await rejection(sendMessage(rig.town, { to: "conductor", text }));
    expect(error).toMatchObject({ code: "E_USAGE" });
  });

  test("keeps every text readable, half of a surrogate pair too", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const owner = await host.own("dev");
    for (const kind of MESSAGE_KINDS) {
      await sendMessage(rig.town, { to: "dev", text: `${kind}: \ud83c half, 🏘 whole`, kind });
    }
    await assignTask(rig.town, { agent: "dev", description: "task \ud83c" });
    const first = await host.turn(owner);
    expect(first.work.message.text).toBe("task: \ufffd half, 🏘 whole");
    expect(first.work.notes.map(({ text }) => text)).toEqual([
      "info: \ufffd half, 🏘 whole",
      "ack: \ufffd half, 🏘 whole",
    ]);
    await first.done();
    await (await host.turn(owner)).done();
    expect((await host.turn(owner)).work.task?.description).toBe("task \ufffd");
  });

  test("says what can be done about a full inbox", async () => {
    await using rig = await testTown({ config: "[agent]\ninbox_limit = 1" });
    await sendMessage(rig.town, { to: "conductor", text: "1" });
    const error = await rejection(sendMessage(rig.town, { to: "conductor", text: "2" }));
    expect(error).toMatchObject({ code: "E_INBOX_FULL", hint: expect.any(String) });
    await sendMessage(rig.town, { to: "conductor", text: "3", urgent: true });
  });
});

describe("readInbox()", () => {
  test("shows every queue with names, categories and the text of tasks, taking nothing", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    await host.own("dev");
    const task = await assignTask(rig.town, { agent: "dev", description: "long\ntext" });
    for (const kind of MESSAGE_KINDS) await sendMessage(rig.town, { to: "dev", text: kind, kind });
    await sendMessage(rig.town, { to: "dev", text: "now", urgent: true });
    for (const _ of [1, 2]) {
      const inbox = await readInbox(rig.town, "DEV");
      expect(inbox).toMatchObject({ name: "dev", state: "idle" });
      expect(inbox.counts).toEqual({ task: 3, query: 1, info: 1, ack: 1 });
      expect(inbox.urgent.map(({ text }) => text)).toEqual(["now"]);
      expect(inbox.messages.map(({ category }) => category)).toEqual(["task", "task", "query"]);
      expect(inbox.messages[0]).toMatchObject({
        taskId: task.taskId,
        taskDescription: "long\ntext",
        fromName: "conductor",
      });
      expect(inbox.notes.map(({ category }) => category)).toEqual(["info", "ack"]);
    }
  });

  test("shows the conductor's mailbox", async () => {
    await using rig = await testTown();
    await sendMessage(rig.town, { to: "conductor", text: "question", kind: "query" });
    const inbox = await readInbox(rig.town, "supervisor");
    expect(inbox).toMatchObject({ agentId: SUPERVISOR_ID, name: "conductor", state: undefined });
    expect(inbox.messages.map(({ text }) => text)).toEqual(["question"]);
  });

  test("knows nobody else", async () => {
    await using rig = await testTown();
    expect(await rejection(readInbox(rig.town, "nobody"))).toMatchObject({
      code: "E_AGENT_NOT_FOUND",
    });
  });

  test("shows what can be read beside what cannot", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const { agentId } = await host.own("dev");
    await sendMessage(rig.town, { to: "dev", text: "good" });
    const { store } = rig.town;
    await store.port.command("RPUSH", [store.keys.inbox(agentId), "{broken", "{}"]);
    const inbox = await readInbox(rig.town, "dev");
    expect(inbox.messages[0]?.text).toBe("good");
    expect(inbox.messages).toHaveLength(3);
    expect(inbox.messages[1]?.text).toContain("{broken");
  });
});

test("readAllInboxes() shows every agent's and the conductor's last", async () => {
  await using rig = await testTown();
  await using host = await handHost(rig.town);
  const owners = [await host.own("ann"), await host.own("bob")];
  await sendMessage(rig.town, { to: "bob", text: "hi" });
  const inboxes = await readAllInboxes(rig.town);
  const ids = owners.map(({ agentId }) => String(agentId)).toSorted();
  expect(inboxes.map(({ agentId }) => String(agentId))).toEqual([...ids, SUPERVISOR_ID]);
  expect(inboxes.find(({ name }) => name === "bob")?.messages).toHaveLength(1);
  expect(inboxes.find(({ name }) => name === "ann")?.messages).toEqual([]);
});
