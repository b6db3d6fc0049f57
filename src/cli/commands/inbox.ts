import { callingAgent } from "../../services/calling-agent.ts";
import { readAllInboxes, readInbox } from "../../services/messages.ts";
import { command } from "../command.ts";
import { renderInbox, renderInboxes } from "../render/messages.ts";

export const inboxCommand = command({
  name: "inbox",
  description: "Show waiting messages; reading does not take them",
  details: "[T] task, [Q] query, [I] information, [C] acknowledgement, ! urgent.",
  examples: ["tt inbox", "tt inbox dev", "tt inbox conductor", "tt inbox --all"],
  needs: "town",
  args: {
    agent: {
      type: "positional",
      required: false,
      description: "Agent or conductor; default the calling agent, else conductor",
    },
    all: { type: "boolean", alias: "a", description: "Every mailbox" },
  },
  run: async ({ args, town }) =>
    args.all
      ? readAllInboxes(town)
      : readInbox(town, args.agent ?? callingAgent(town) ?? "conductor"),
  render: (mail, style) =>
    "counts" in mail ? renderInbox(mail, style) : renderInboxes(mail, style),
});
