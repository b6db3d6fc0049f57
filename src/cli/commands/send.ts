import type { MessageKind } from "../../core/message.ts";
import { sendMessage } from "../../services/messages.ts";
import { command } from "../command.ts";
import { renderSent } from "../render/messages.ts";
import { readText } from "../text-input.ts";

export const sendCommand = command({
  name: "send",
  description: "Send a message to an agent or the conductor",
  details:
    "Without a kind the receiver acts on it. A query wants an answer; --info and --ack are read\n" +
    "with the receiver's next prompt and start no turn of their own.",
  examples: [
    'tt send reviewer "The API is ready for review in src/api.rs"',
    'tt send reviewer --urgent "Critical bug found in module A!"',
    'tt send conductor --query "Need a decision on rollout timing"',
  ],
  needs: "town",
  args: {
    to: { type: "positional", description: "Agent, conductor or supervisor" },
    message: { type: "positional", description: "The text; - reads it from stdin" },
    urgent: { type: "boolean", description: "Put it before the receiver's other mail" },
    query: { type: "boolean", description: "Ask a question" },
    info: { type: "boolean", description: "Tell something, nothing to do" },
    ack: { type: "boolean", description: "Acknowledge: received, approved, rejected: ..., thanks" },
    from: { type: "string", hint: "AGENT", description: "Sender; default the calling agent" },
  },
  exclusive: [["query", "info", "ack"]],
  run: async ({ args, town, io }) =>
    sendMessage(town, {
      to: args.to,
      text: await readText({ text: args.message, file: undefined, name: "message" }, io),
      kind: messageKind(args),
      urgent: args.urgent,
      from: args.from,
    }),
  render: renderSent,
  quiet: (result) => result.messageId,
});

function messageKind(args: { query: boolean; info: boolean; ack: boolean }): MessageKind {
  if (args.query) return "query";
  if (args.info) return "info";
  return args.ack ? "ack" : "task";
}
