import { NotFoundError } from "../core/errors.ts";
import { type AgentId, SUPERVISOR_ID } from "../core/ids.ts";
import { resolveAgents } from "../redis/agent-store.ts";
import type { Town } from "./town.ts";

/**
 * The ids of agents; the conductor's mailbox is none.
 * @throws NotFoundError E_AGENT_NOT_FOUND, ConflictError E_AMBIGUOUS
 */
export async function agentIds(
  town: Pick<Town, "store">,
  action: string,
  refs: readonly string[],
): Promise<readonly AgentId[]> {
  const ids = await resolveAgents(town.store, action, refs);
  const mailbox = ids.indexOf(SUPERVISOR_ID);
  if (mailbox < 0) return ids;
  throw new NotFoundError({
    code: "E_AGENT_NOT_FOUND",
    message: `${action}: "${refs[mailbox]}" is a mailbox, not an agent`,
    hint: "tt inbox conductor",
  });
}
