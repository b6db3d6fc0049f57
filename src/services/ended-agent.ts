import { isTerminalAgentState } from "../core/agent.ts";
import { AgentError, ConflictError } from "../core/errors.ts";
import type { IdleRow } from "../redis/idle-store.ts";
import { lastLogLines } from "./logs.ts";
import type { Town } from "./town.ts";

const LINES_SHOWN = 5;

/** Waiting for an agent that has ended would never end. @throws AgentError, ConflictError */
export async function rejectEnded(
  town: Town,
  agents: readonly Pick<IdleRow, "name" | "state" | "reason">[],
): Promise<void> {
  const ended = agents.find(({ state }) => state === undefined || isTerminalAgentState(state));
  if (ended === undefined) return;
  const why = ended.reason === undefined ? "" : ` (${ended.reason})`;
  const what = ended.state === "error" ? "cannot work" : `is ${ended.state ?? "gone"}`;
  const message = `Agent "${ended.name}" ${what}${why}`;
  const lines = await lastLogLines(town, ended.name, LINES_SHOWN);
  const hint = lines.length > 0 ? `its last output:\n${lines.join("\n")}` : undefined;
  if (ended.state === "error") throw new AgentError({ code: "E_AGENT_FAILED", message, hint });
  throw new ConflictError({ code: "E_AGENT_STOPPED", message, hint });
}
