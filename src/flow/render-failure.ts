import { relayed, relayedAfterLabel } from "../util/relayed.ts";
import { sanitize } from "../util/sanitize.ts";
import type { FlowFailure } from "./flow-events.ts";
import { type FlowStyle, indent, tint } from "./render-style.ts";

/** What went wrong, where in the flow's own code, what the agent said last, and what to do. */
export function renderFailure(failure: FlowFailure, style: FlowStyle): string {
  const code = failure.code === undefined ? "" : `[${failure.code}] `;
  const message = relayedAfterLabel(failure.message, "  │ ");
  const lines = [`${tint(style, "red", "error:")} ${code}${message}`];
  if (failure.where !== undefined) lines.push(indent(`at ${failure.where}`, "  "));
  if (failure.codeFrame) lines.push(indent(sanitize(failure.codeFrame), "    "));
  if (failure.stack !== undefined) lines.push(tint(style, "dim", relayed(failure.stack, "  │ ")));
  if (failure.agent !== undefined) lines.push(...agentLines(failure, failure.agent));
  if (failure.hint !== undefined) {
    lines.push(`${tint(style, "cyan", "hint:")} ${relayedAfterLabel(failure.hint)}`);
  }
  return lines.join("\n");
}

function agentLines(failure: FlowFailure, agent: string): string[] {
  const output = failure.output ?? [];
  const task = failure.task === undefined ? "" : `, task ${failure.task.id}`;
  if (output.length === 0) return [`  agent "${agent}"${task}`];
  return [`  agent "${agent}"${task}, its last lines:`, relayed(output.join("\n"), "   │ ")];
}
