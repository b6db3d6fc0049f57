import { describe, expect, test } from "bun:test";
import { newMessageId, SUPERVISOR_ID } from "../../../src/core/ids.ts";
import { MESSAGE_KINDS } from "../../../src/core/message.ts";
import { requestEnd } from "../../../src/redis/agent-store.ts";
import { peekQueues } from "../../../src/redis/inbox-store.ts";
import { rejection } from "../../support/rejection.ts";
import { HOST, storeRig } from "../../support/store-rig.ts";

const NASTY = 'ünïcödé 🏘️ "quoted" \\ back\nline\r\n\ttab \u0000 nul \u2028 {"json": [] }';

describe("the send script", () => {
  test.each(MESSAGE_KINDS.map((kind) => [kind]))(
    "keeps the text of kind %p as it is",
    async (kind) => {
      await using rig = await storeRig();
      const { id } = await rig.spawn("dev");
      const { agentId } = await rig.own("ann");
      const sent = await rig.send("DEV", NASTY, {
        kind,
        from: "ANN",
        correlationId: newMessageId(),
      });
      expect(sent).toMatchObject({ toId: id, toName: "dev", fromId: agentId, hostId: HOST });
      const { inbox, notes } = await peekQueues(rig.store, id, 10);
      const [message] = [...inbox, ...notes];
      expect(message).toMatchObject({ id: sent.messageId, from: agentId, to: id, text: NASTY });
      expect(message?.correlationId).toBeDefined();
    },
  );

  test("keeps a megabyte of text", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    const text = "0123456789abcdé".repeat(65_536);
    await rig.send("dev", text);
    const { inbox } = await peekQueues(rig.store, id, 1);
    expect(inbox[0]?.text === text).toBe(true);
  });

  test.each([
    ["task", "inbox"],
    ["query", "inbox"],
    ["info", "notes"],
    ["ack", "notes"],
  ] as const)("puts %p into the %s, and urgent before all", async (kind, queue) => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    await rig.raw("DEL", rig.store.keys.bell(id));
    await rig.send("dev", "calm", { kind });
    const isNote = queue === "notes";
    expect(await rig.list(rig.store.keys[queue](id))).toHaveLength(1);
    expect(await rig.busy()).toEqual(isNote ? [] : [id]);
    expect(await rig.list(rig.store.keys.bell(id))).toEqual(isNote ? [] : ["1"]);
    await rig.send("dev", "now", { kind, urgent: true });
    expect(await rig.list(rig.store.keys.urgent(id))).toHaveLength(1);
    expect(await rig.busy()).toEqual([id]);
    expect(await rig.list(rig.store.keys.bell(id))).toEqual(["1"]);
  });

  test("sends a message with one id once, by 32 parallel callers", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    const message = { id: newMessageId() };
    const sent = await Promise.all(
      Array.from({ length: 32 }, () => rig.send("dev", "work", message)),
    );
    expect(new Set(sent.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(await rig.list(rig.store.keys.inbox(id))).toHaveLength(1);
    expect((await rig.events()).filter((type) => type === "message_sent")).toHaveLength(1);
  });

  test("answers a call that is sent again although the inbox is full by now", async () => {
    await using rig = await storeRig();
    await rig.spawn("dev");
    const once = { id: newMessageId(), queueLimit: 1 };
    const first = await rig.send("dev", "work", once);
    expect(await rig.send("dev", "work", once)).toEqual(first);
  });

  test("answers a call that is sent again although the agent has ended by now", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    const once = { id: newMessageId() };
    const first = await rig.send("dev", "work", once);
    await rig.end(owner);
    expect(await rig.send("dev", "work", once)).toEqual(first);
  });

  test("refuses a full inbox but takes urgent messages up to a limit of their own", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    const limit = { queueLimit: 1 };
    await rig.send("dev", "1", limit);
    const error = await rejection(rig.send("dev", "2", limit));
    expect(error).toMatchObject({
      code: "E_INBOX_FULL",
      message: expect.stringContaining('"dev"'),
    });
    await rig.send("dev", "3", { ...limit, urgent: true });
    expect(await rejection(rig.send("dev", "4", { ...limit, urgent: true }))).toMatchObject({
      code: "E_INBOX_FULL",
    });
    expect(await rig.list(rig.store.keys.inbox(id))).toHaveLength(1);
  });

  test("a message that was refused can be sent again", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.send("dev", "1");
    const late = { id: newMessageId() };
    await rejection(rig.send("dev", "2", { ...late, queueLimit: 1 }));
    await rig.work(owner, "turn");
    await rig.send("dev", "2", { ...late, queueLimit: 1 });
    expect(await rig.list(rig.store.keys.inbox(owner.agentId))).toHaveLength(1);
  });

  test.each(["stopped", "cold", "error"] as const)("refuses an agent that is %s", async (state) => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.end(owner, { state, reason: "", by: "" });
    expect(await rejection(rig.send("dev", "work"))).toMatchObject({ code: "E_AGENT_STOPPED" });
  });

  test("reaches an agent that is draining", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.assign("dev", "work");
    await requestEnd(rig.store, "Cannot close", { agent: "dev", how: "close" });
    await rig.send("dev", "one more question", { kind: "query" });
    expect(await rig.list(rig.store.keys.inbox(owner.agentId))).toHaveLength(2);
  });

  test.each([
    ["recipient", { to: "nobody", from: "dev" }],
    ["sender", { to: "dev", from: "nobody" }],
  ])("refuses an unknown %s", async (_, { to, from }) => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    const error = await rejection(rig.send(to, "work", { from }));
    expect(error).toMatchObject({ code: "E_AGENT_NOT_FOUND" });
    expect(error.message).toContain('"nobody"');
    expect(await rig.list(rig.store.keys.inbox(id))).toEqual([]);
  });

  test("reaches the conductor, who is no busy agent and has no bell", async () => {
    await using rig = await storeRig();
    for (const kind of MESSAGE_KINDS) await rig.send("supervisor", kind, { kind });
    await rig.send("conductor", "now", { urgent: true });
    const queues = await peekQueues(rig.store, SUPERVISOR_ID, 10);
    expect(queues.inbox.map(({ text }) => text)).toEqual([...MESSAGE_KINDS]);
    expect(queues.urgent.map(({ text }) => text)).toEqual(["now"]);
    expect(await rig.busy()).toEqual([]);
    expect(await rig.list(rig.store.keys.bell(SUPERVISOR_ID))).toEqual([]);
  });

  test("keeps the order of a sender", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    const texts = Array.from({ length: 50 }, (_, n) => `message ${n}`);
    await Promise.all(texts.map((text) => rig.send("dev", text)));
    expect((await peekQueues(rig.store, id, 100)).inbox.map(({ text }) => text)).toEqual(texts);
  });
});
