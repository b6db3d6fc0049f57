import { NotFoundError } from "../core/errors.ts";
import { nearest } from "../util/nearest.ts";
import { listAgents } from "./agents.ts";
import type { Town } from "./town.ts";

/** An error about an unknown agent with the name that was probably meant; any other as it is. */
export async function suggestAgent(town: Town, error: unknown): Promise<unknown> {
  if (!(error instanceof NotFoundError) || error.code !== "E_AGENT_NOT_FOUND") return error;
  const typed = /no agent "([^"]+)"/.exec(error.message)?.[1];
  const meant = typed && nearest(typed, await agentNames(town));
  if (!meant) return error;
  const { code, message, hint } = error;
  const rest = hint === undefined ? "" : `; ${hint}`;
  return new NotFoundError({
    code,
    message,
    hint: `did you mean "${meant}"?${rest}`,
    cause: error.cause,
  });
}

async function agentNames(town: Town): Promise<readonly string[]> {
  try {
    return (await listAgents(town)).map((agent) => agent.name);
  } catch {
    return []; // the error to tell of is the first one
  }
}
