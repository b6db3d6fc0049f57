import type { MessageCategory } from "../../core/message.ts";
import type { Inbox, MessageView, SendResult } from "../../services/messages.ts";
import { relayed } from "../../util/relayed.ts";
import { summarize } from "../../util/sanitize.ts";
import { stateLabel } from "./agents.ts";
import { count, icon, paint, type Style } from "./style.ts";

const LETTERS: Readonly<Record<MessageCategory, string>> = {
  task: "T",
  query: "Q",
  info: "I",
  ack: "C",
};
const PREVIEWS = 5;

export function renderSent(
  result: Pick<SendResult, "toName" | "kind" | "urgent">,
  style: Style,
): string {
  const urgent = result.urgent ? "urgent " : "";
  const mark = icon(style, result.urgent ? "🚨" : "📤");
  return `${mark}Sent ${urgent}${result.kind} message to ${result.toName}`;
}

/** One mailbox with the full texts. */
export function renderInbox(inbox: Inbox, style: Style): string {
  const shown = [...inbox.urgent, ...inbox.messages];
  const title = `${icon(style, "📬")}Inbox of ${heading(inbox, style)}`;
  const notes =
    inbox.notes.length === 0
      ? []
      : ["For the next prompt:", ...inbox.notes.map((note) => fullMessage(note, style))];
  if (shown.length === 0) return [`${title}: empty`, ...notes].join("\n");
  return [
    `${title}: ${tally(inbox)}`,
    ...shown.map((message) => fullMessage(message, style)),
    ...notes,
  ].join("\n");
}

/** Every mailbox that holds something, with a few lines of each. */
export function renderInboxes(inboxes: readonly Inbox[], style: Style): string {
  const filled = inboxes.filter((inbox) => inbox.urgent.length + inbox.messages.length > 0);
  if (filled.length === 0) return "No messages are waiting.";
  const blocks = filled.map((inbox) => {
    const all = [...inbox.urgent, ...inbox.messages];
    const actionable = all.filter((m) => m.category === "task" || m.category === "query");
    const shown = (actionable.length > 0 ? actionable : all).slice(0, PREVIEWS);
    const more = all.length - shown.length;
    return [
      `${heading(inbox, style)}: ${tally(inbox)}`,
      ...shown.map((message) => `  ${prefix(message, style)} ${summarize(body(message), 90)}`),
      ...(more > 0 ? [`  and ${more} more: tt inbox ${inbox.name}`] : []),
    ].join("\n");
  });
  return blocks.join("\n\n");
}

function heading(inbox: Inbox, style: Style): string {
  const name = paint(style, "bold", inbox.name);
  return inbox.state === undefined ? name : `${name} (${stateLabel(inbox.state, style)})`;
}

/** `3 messages, 1 urgent (T:1 Q:1 I:1 C:0)` */
function tally(inbox: Inbox): string {
  const { task, query, info, ack } = inbox.counts;
  const total = count(inbox.urgent.length + inbox.messages.length, "message");
  const urgent = inbox.urgent.length === 0 ? "" : `, ${inbox.urgent.length} urgent`;
  return `${total}${urgent} (T:${task} Q:${query} I:${info} C:${ack})`;
}

function prefix(message: MessageView, style: Style): string {
  const letter = paint(style, "cyan", `[${LETTERS[message.category]}]`);
  return message.urgent ? `${paint(style, "red", "!")} ${letter}` : letter;
}

function fullMessage(message: MessageView, style: Style): string {
  const time = message.createdAt.toISOString().replace("T", " ").slice(0, 19);
  const head = `  ${prefix(message, style)} ${paint(style, "dim", `${time}Z`)} from ${message.fromName}`;
  return `${head}\n${relayed(body(message), "      │ ")}`;
}

function body(message: MessageView): string {
  const text = message.taskDescription ?? message.text;
  return message.taskId === undefined ? text : `task ${message.taskId}: ${text}`;
}
