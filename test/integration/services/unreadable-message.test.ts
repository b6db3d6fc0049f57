import { describe, expect, test } from "bun:test";
import { renderInbox } from "../../../src/cli/render/messages.ts";
import { registerAgent } from "../../../src/services/agents.ts";
import { readAllInboxes, readInbox, sendMessage } from "../../../src/services/messages.ts";
import { getStatus } from "../../../src/services/status.ts";
import { handHost } from "../../support/hand-host.ts";
import { testTown } from "../../support/town.ts";

const STAMPED = { id: "x", from: "y", to: "z", type: "task", description: "text" };

describe.each([
  ["no JSON", "{broken", "{broken"],
  ["no object", '"text"', '"text"'],
  ["no message", '{"type":"task"}', '{"type":"task"}'],
  ["without a time", JSON.stringify({ ...STAMPED, created_at: "noon" }), "text"],
])("an entry that is %s", (_, raw, shown) => {
  test("hides nothing else of an inbox", async () => {
    await using rig = await testTown();
    const { town } = rig;
    const { id } = await registerAgent(town, { name: "dev" });
    await using _host = await handHost(town);
    const { keys } = town.store;
    for (const key of [keys.urgent(id), keys.inbox(id), keys.notes(id)]) {
      await town.store.port.command("RPUSH", [key, raw]);
    }
    await sendMessage(town, { to: "dev", text: "readable" });
    const inbox = await readInbox(town, "dev");
    expect(inbox.messages.map(({ text }) => text)).toEqual([
      expect.stringContaining(shown),
      "readable",
    ]);
    expect(inbox.notes).toHaveLength(1);
    expect(await readAllInboxes(town)).toHaveLength(2);
    const text = renderInbox(inbox, { color: false, unicode: false, width: 80 });
    expect(text).toContain("readable");
    JSON.stringify(inbox);
    expect((await getStatus(town)).agents).toMatchObject([{ name: "dev", inbox: 2, urgent: 1 }]);
  });
});
