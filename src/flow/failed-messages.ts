import type { AgentId } from "../core/ids.ts";
import { recentEvents } from "../services/events.ts";
import type { FlowScope } from "./flow-scope.ts";
import { messageError } from "./message-book.ts";
import type { TownError } from "./town-error.ts";

/**
 * The errors of messages whose turns failed for good up to now, each told once.
 * @param agents whose messages; default: of all
 */
export async function failedMessages(
  scope: FlowScope,
  agents?: ReadonlySet<AgentId>,
): Promise<readonly TownError[]> {
  const { run, messages, position } = scope;
  if (messages.hasOpen) {
    const [newest] = await recentEvents(run.town, 1);
    if (newest !== undefined) await position.until(newest.id);
  }
  return messages
    .takeUnobserved(agents)
    .map((message) => messageError(message, run.where(message.site)));
}
