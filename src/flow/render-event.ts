import { formatDuration } from "../util/duration.ts";
import { sanitize, summarize } from "../util/sanitize.ts";
import { unreachable } from "../util/unreachable.ts";
import type { FlowEvent } from "./flow-events.ts";
import { renderFailure } from "./render-failure.ts";
import { renderProblems } from "./render-problems.ts";
import { type FlowStyle, indent, tint } from "./render-style.ts";

const TEXT_LENGTH = 60;

/** An event as a line for people, or nothing. */
export function renderFlowEvent(event: FlowEvent, style: FlowStyle): string {
  const text = describe(event, style);
  if (text === undefined) return "";
  if (event.type === "flow.finished") return `${text}\n`;
  const [first = "", ...more] = text.split("\n");
  const rest = more.length > 0 ? `\n${indent(more.join("\n"), "         │ ")}` : "";
  return `${tint(style, "dim", clock(event.t))} ${first}${rest}\n`;
}

/** With `--quiet`: what ended the flow, if anything did. */
export function renderFlowEnd(event: FlowEvent): string {
  const failed = event.type === "flow.finished" && event.exitCode !== 0;
  return failed ? renderFlowEvent(event, { color: false }) : "";
}

/** Shown with `--verbose` only: what is for looking into a flow. */
export function isDetail(event: FlowEvent): boolean {
  return event.type === "agent.state" || (event.type === "flow.log" && event.level === "debug");
}

function clock(ms: number): string {
  return `${(ms / 1_000).toFixed(2).padStart(7)}s`;
}

function describe(event: FlowEvent, style: FlowStyle): string | undefined {
  const at = (where: string | undefined): string =>
    where === undefined ? "" : `  ${tint(style, "dim", where)}`;
  switch (event.type) {
    case "flow.started":
      return `run ${event.run} of ${event.name} in ${event.ephemeral ? "a town of its own" : `town "${event.town}"`}`;
    case "agent.spawned":
      return `spawned ${event.agent} (${event.cli})${at(event.where)}`;
    case "agent.adopted":
      return `using ${event.agent} (${event.cli}), which is in the town already${at(event.where)}`;
    case "agent.state":
      return `${event.agent}: ${event.from} -> ${event.to}`;
    case "agent.closed":
      return `${event.killed ? "killed" : "closed"} ${event.agent}`;
    case "task.assigned":
    case "task.found":
    case "task.started":
    case "task.completed":
    case "task.failed":
    case "task.cancelled":
      return taskLine(event, style) + at(event.where);
    case "message.sent":
      return `sent ${event.urgent ? "urgent " : ""}${event.kind} to ${event.to}${at(event.where)}`;
    case "flow.log":
      return logLine(event, style);
    case "flow.waiting":
      return `waiting: ${event.waiting.map(waitingText).join("; ")}${at(event.where)}`;
    case "flow.open-tasks":
      return `the flow's code has ended; waiting for ${openText(event.tasks.map((task) => task.agent))}`;
    case "flow.stdout":
      return undefined;
    case "flow.finished":
      return endText(event, style);
    default:
      return unreachable(event);
  }
}

type TaskEvent = Extract<FlowEvent, { readonly task: string; readonly key: string }>;

function taskLine(event: TaskEvent, style: FlowStyle): string {
  const verb = event.type.slice("task.".length);
  const took = event.ms === undefined ? "" : ` in ${seconds(event.ms)}`;
  const color = { completed: "green", failed: "red", cancelled: "yellow" } as const;
  const shown =
    verb === "completed" || verb === "failed" || verb === "cancelled"
      ? tint(style, color[verb], verb)
      : verb;
  const why = verb === "failed" && event.detail ? `: ${summarize(event.detail, TEXT_LENGTH)}` : "";
  return `${shown} ${event.agent}: "${summarize(event.description, TEXT_LENGTH)}"${took}${why}`;
}

function seconds(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)}s` : formatDuration(ms);
}

function logLine(
  event: Extract<FlowEvent, { readonly type: "flow.log" }>,
  style: FlowStyle,
): string {
  const fields = Object.entries(event.fields ?? {}).map(
    ([name, value]) => ` ${tint(style, "dim", `${name}=`)}${sanitize(JSON.stringify(value))}`,
  );
  const text = `${sanitize(event.text)}${fields.join("")}`;
  if (event.level === "warn") return `${tint(style, "yellow", "warning:")} ${text}`;
  if (event.level === "error") return `${tint(style, "red", "error:")} ${text}`;
  return `· ${text}`;
}

function waitingText(
  agent: Extract<FlowEvent, { readonly type: "flow.waiting" }>["waiting"][number],
): string {
  const task = agent.task === undefined ? "" : ` on "${agent.task}"`;
  const queued = agent.inbox > 0 ? `, ${agent.inbox} queued` : "";
  return `${agent.agent} is ${agent.state}${task}${queued}, for ${formatDuration(agent.for)}`;
}

function openText(agents: readonly string[]): string {
  const names = [...new Set(agents)].join(", ");
  return `${agents.length} open ${agents.length === 1 ? "task" : "tasks"} (${names})`;
}

function endText(
  event: Extract<FlowEvent, { readonly type: "flow.finished" }>,
  style: FlowStyle,
): string {
  const { reason, exitCode, problems, failure, suppressed = [] } = event;
  if (problems !== undefined) {
    const count = `${problems.length} ${problems.length === 1 ? "error" : "errors"}`;
    return `${renderProblems(problems, style)}\n${count}; nothing has run (--no-check runs it all the same)`;
  }
  const parts = failure === undefined ? [] : ["", renderFailure(failure, style)];
  for (const other of suppressed) {
    parts.push(indent(`also, after that: ${renderFailure(other, style)}`, "  "));
  }
  const word = reason === "ok" ? tint(style, "green", "done") : tint(style, "red", reason);
  parts.push(
    `${tint(style, "dim", clock(event.t))} ${word}${exitCode === 0 ? "" : `, exit ${exitCode}`}`,
  );
  return parts.join("\n");
}
