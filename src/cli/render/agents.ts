import type { Agent, AgentState } from "../../core/agent.ts";
import { shortAgentId } from "../../core/ids.ts";
import type { SpawnResult } from "../../services/agents.ts";
import { sanitize, summarize } from "../../util/sanitize.ts";
import { type Paint, paint, type Style } from "./style.ts";

const STATE_COLORS: Readonly<Record<AgentState, Paint>> = {
  starting: "cyan",
  idle: "green",
  working: "yellow",
  paused: "blue",
  draining: "blue",
  cold: "dim",
  error: "red",
  stopped: "dim",
};

/** `Starting`, `Idle`, ... */
export function stateLabel(state: AgentState, style: Style): string {
  return paint(style, STATE_COLORS[state], state.charAt(0).toUpperCase() + state.slice(1));
}

export function renderAgentList(agents: readonly Agent[], style: Style): string {
  if (agents.length === 0) return "No agents. Start one: tt spawn NAME";
  const lines = agents.map((agent) => {
    const reason = agent.state === "error" && agent.reason !== undefined ? agent.reason : "";
    const suffix = reason === "" ? "" : `: ${summarize(reason, 100)}`;
    const id = paint(style, "dim", `(${shortAgentId(agent.id)})`);
    return `  ${paint(style, "bold", agent.name)} ${id} - ${stateLabel(agent.state, style)}${suffix}`;
  });
  return ["Agents:", ...lines].join("\n");
}

export function renderSpawned({ agent, action }: SpawnResult, style: Style): string {
  const name = paint(style, "bold", agent.name);
  const model = agent.model === undefined ? "" : `, model ${sanitize(agent.model)}`;
  const cli = sanitize(agent.cli) + model;
  const who = `agent ${name} (${shortAgentId(agent.id)}) on ${cli}`;
  const next = `Next: tt assign ${agent.name} "<task>", then tt status or tt logs ${agent.name} --follow`;
  const there = `Agent ${name} is already there: ${cli}, ${stateLabel(agent.state, style)}`;
  const what = { created: `Spawned ${who}`, restarted: `Restarted ${who}`, reused: there }[action];
  return `${what}\n${next}`;
}

/** The outcome of `kill` and of an agent that ran in the foreground. */
export function renderAgentEnd(agent: Agent, style: Style): string {
  const reason = agent.reason === undefined ? "" : `: ${summarize(agent.reason, 200)}`;
  return `Agent ${agent.name} (${shortAgentId(agent.id)}) - ${stateLabel(agent.state, style)}${reason}`;
}
