import type { AgentRef, Message as FlowMessage, SendOptions } from "tinytown";
import { isConductorName } from "../core/names.ts";
import { type MessageView, readInbox, sendMessage } from "../services/messages.ts";
import { lookupName } from "./agent-book.ts";
import { type CallSite, captureCallSite } from "./call-site.ts";
import type { FlowScope } from "./flow-scope.ts";
import { TownError } from "./town-error.ts";

interface Letter {
  readonly to: AgentRef;
  readonly text: string;
  readonly options: SendOptions;
  readonly site: CallSite | undefined;
}

/** See `send` in the flow API. */
export function send(
  scope: FlowScope,
  to: AgentRef | readonly AgentRef[],
  text: string,
  options: SendOptions = {},
): Promise<FlowMessage> {
  const site = captureCallSite();
  return scope.run.call({ name: "send()", site, always: true }, async () => {
    const receivers = typeof to === "object" && Array.isArray(to) ? to : [to];
    let first: FlowMessage | undefined;
    for (const receiver of receivers) {
      const message = await post(scope, { to: receiver, text, options, site });
      first ??= message;
    }
    if (first !== undefined) return first;
    throw new TownError({ code: "INVALID_ARGUMENT", message: "Cannot send a message to nobody" });
  });
}

async function post(scope: FlowScope, letter: Letter): Promise<FlowMessage> {
  const { run, agents, messages } = scope;
  const { to, text, options } = letter;
  const { kind = "task", urgent = false, from, replyTo } = options;
  const receiver =
    typeof to === "string" && isConductorName(to) ? "conductor" : lookupName(agents, to);
  const replyId = typeof replyTo === "object" ? replyTo.id : replyTo;
  const sent = await sendMessage(run.town, {
    to: receiver,
    text,
    kind,
    urgent,
    ...(from !== undefined && { from: lookupName(agents, from) }),
    ...(replyId !== undefined && { replyTo: replyId }),
  });
  if (receiver !== "conductor" && (kind === "task" || kind === "query")) {
    const { messageId: id, toId: agentId, toName: agentName } = sent;
    messages.add({ id, agentId, agentName, text, site: letter.site });
  }
  run.emit({
    type: "message.sent",
    message: sent.messageId,
    to: sent.toName,
    kind,
    urgent,
    where: run.where(letter.site),
  });
  return {
    id: sent.messageId,
    from: typeof from === "object" ? from.name : (from ?? "conductor"),
    to: sent.toName,
    kind,
    text,
    urgent,
    at: new Date(),
    ...(replyId !== undefined && { replyTo: replyId }),
    reply: (answer, replyOptions) =>
      send(scope, receiver, answer, { ...replyOptions, replyTo: sent.messageId }),
  };
}

/** A message in an inbox, as a flow's code sees it. */
export function messageHandle(scope: FlowScope, view: MessageView, to: string): FlowMessage {
  return {
    id: view.id,
    from: view.fromName,
    to,
    kind: view.category,
    text: view.text,
    urgent: view.urgent,
    at: view.createdAt,
    reply: (text, options) => send(scope, view.fromName, text, { ...options, replyTo: view.id }),
  };
}

/** What an agent has still to handle, in the order in which it will. */
export async function inboxOf(scope: FlowScope, agent: string): Promise<readonly FlowMessage[]> {
  const inbox = await readInbox(scope.run.town, agent);
  return [...inbox.urgent, ...inbox.messages, ...inbox.notes].map((view) =>
    messageHandle(scope, view, inbox.name),
  );
}

/** Questions to the conductor from these agents that nobody has answered. */
export async function openQueries(
  scope: FlowScope,
  from: ReadonlySet<string>,
): Promise<readonly FlowMessage[]> {
  const inbox = await readInbox(scope.run.town, "conductor");
  return [...inbox.urgent, ...inbox.messages]
    .filter((view) => view.category === "query" && from.has(view.from))
    .map((view) => messageHandle(scope, view, "conductor"));
}
