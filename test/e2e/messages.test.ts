import { expect, test } from "bun:test";
import { TownRig } from "../support/town-rig.ts";

interface Assigned {
  readonly taskId: string;
}

interface InboxJson {
  readonly urgent: readonly { readonly text: string }[];
  readonly messages: readonly { readonly text: string; readonly fromName: string }[];
  readonly notes: readonly { readonly text: string }[];
}

/** Works until the returned function lets go of it. */
async function occupy(rig: TownRig, agent: string): Promise<() => Promise<string>> {
  const { taskId } = await rig.json<Assigned>("assign", agent, "SIM: hang");
  await rig.hangs(agent);
  return () => rig.ok("task", "cancel", taskId);
}

test("urgent messages and tasks are served first, the others in their order", async () => {
  await using rig = await TownRig.create({ name: "mail" });
  await rig.ok("spawn", "dev");
  const release = await occupy(rig, "dev");
  const says = (word: string) => `SIM: append order.txt ${word}`;
  await rig.ok("send", "dev", says("first"));
  await rig.ok("assign", "dev", says("second"));
  await rig.ok("send", "dev", "--query", says("third"));
  await rig.ok("send", "dev", "--urgent", says("urgent"));
  await rig.ok("assign", "dev", "--urgent", says("urgent task"));

  const inbox = await rig.json<InboxJson>("inbox", "dev");
  expect(inbox.urgent.map((message) => message.text)).toHaveLength(2);
  expect(inbox.messages).toHaveLength(3);
  const lines = (await rig.ok("inbox", "dev")).split("\n");
  expect(lines[0]).toBe("Inbox of dev (Working): 5 messages, 2 urgent (T:4 Q:1 I:0 C:0)");
  expect(lines[1]).toMatch(/^ {2}! \[T\] .* from conductor$/);

  await release();
  await rig.ok("wait", "--timeout", "20s");
  expect(await rig.read("order.txt")).toBe("urgent\nurgent task\nfirst\nsecond\nthird\n");
  expect(await rig.ok("inbox", "--all")).toBe("No messages are waiting.\n");
});

test("information starts no turn and is in the next prompt", async () => {
  await using rig = await TownRig.create({ name: "mail" });
  await rig.ok("spawn", "dev");
  await rig.ok("send", "dev", "--info", "The schema is in db/schema.sql");
  await rig.ok("send", "dev", "--ack", "approved");
  await rig.ok("wait", "--timeout", "20s");
  expect((await rig.status()).agents).toMatchObject([{ roundsCompleted: 0, state: "idle" }]);

  const keepPrompt = `SIM: run sh -c 'cat "$TT_SIM_STATE_DIR/prompt.md" > prompt.txt'`;
  await rig.ok("assign", "dev", `Use the schema\n${keepPrompt}`);
  await rig.ok("wait", "--timeout", "20s");
  const prompt = await rig.read("prompt.txt");
  expect(prompt).toContain("info from conductor: The schema is in db/schema.sql");
  expect(prompt).toContain("ack from conductor: approved");
  expect((await rig.json<InboxJson>("inbox", "dev")).notes).toEqual([]);
});

test("agents hand work to each other and report to the conductor under their own names", async () => {
  await using rig = await TownRig.create({ name: "mail" });
  for (const name of ["dev", "reviewer"]) await rig.ok("spawn", name);
  const review = "SIM: append reviewed.txt yes\\nSIM: send conductor --info approved";
  await rig.ok("assign", "dev", `Build it\nSIM: send reviewer ${review}\nSIM: ask Ship it today?`);
  await rig.line("reviewed.txt", "yes");
  await rig.ok("wait", "--timeout", "20s");
  const { messages } = await rig.json<InboxJson>("inbox", "conductor");
  expect(messages).toMatchObject([
    { text: "Ship it today?", fromName: "dev" },
    { text: "approved", fromName: "reviewer" },
  ]);
});
