import type { AgentStatus, TownStatus } from "../../services/status.ts";
import type { TaskView } from "../../services/tasks.ts";
import { formatDuration } from "../../util/duration.ts";
import { sanitize, summarize } from "../../util/sanitize.ts";
import { stateLabel } from "./agents.ts";
import { icon, paint, type Style } from "./style.ts";
import { renderTaskLine } from "./tasks.ts";

/** A town's status at one moment, as `tt status` prints it. */
export interface StatusFrame extends TownStatus {
  readonly at: Date;
  /** With `--deep`: the last lines each agent's CLI printed, by agent name. */
  readonly lastOutput?: Readonly<Record<string, readonly string[]>>;
}

const HOME_AND_CLEAR = "\u001b[H\u001b[J";
const TASKS_PER_AGENT = 5;

interface StatusView {
  readonly deep: boolean;
  readonly tasks: boolean;
  /** Frame after frame in place of one status. */
  readonly watch: boolean;
}

export function renderStatus(status: StatusFrame, style: Style, view: StatusView): string {
  const lines = [
    `${icon(style, "🏘️")}Town: ${paint(style, "bold", status.town)}`,
    `${icon(style, "📂")}Root: ${status.root}`,
    `${icon(style, "📡")}Redis: ${status.server}`,
    `${icon(style, "🏠")}Host: ${hostText(status, style)}`,
    `${icon(style, "🤖")}Agents: ${status.agents.length}`,
    ...status.agents.flatMap((agent) => agentLines(agent, status, { style, view })),
    `${icon(style, "📋")}Tasks: ${totalsText(status)}`,
    ...(view.tasks ? taskGroups(status.tasks, style) : []),
  ];
  const text = `${lines.join("\n")}\n`;
  if (!view.watch) return text;
  return style.width === undefined ? `${text}\n` : HOME_AND_CLEAR + text;
}

function hostText({ host }: StatusFrame, style: Style): string {
  if (!host.live) return paint(style, "yellow", "not running (tt start, or the next tt spawn)");
  return paint(style, "green", host.pid === undefined ? "live" : `live (pid ${host.pid})`);
}

function agentLines(
  agent: AgentStatus,
  status: StatusFrame,
  { style, view }: { readonly style: Style; readonly view: StatusView },
): string[] {
  const { task, query, info, ack } = agent.counts;
  const urgent = agent.urgent === 0 ? "" : `, ${paint(style, "red", `${agent.urgent} urgent`)}`;
  const facts = [
    `${paint(style, "bold", agent.name)} (${stateLabel(agent.state, style)})`,
    `${agent.inbox + agent.urgent} pending${urgent}`,
    `T:${task} Q:${query} I:${info} C:${ack}`,
    ...(view.deep ? [`rounds ${agent.roundsCompleted}, done ${agent.tasksCompleted}`] : []),
    ...(view.deep ? [`up ${formatDuration(status.at.getTime() - agent.createdAt.getTime())}`] : []),
  ];
  const branch = style.unicode ? "└─ " : "- ";
  const below = [
    ...(agent.currentTaskDescription === undefined
      ? []
      : [`Working: ${summarize(agent.currentTaskDescription, 50)}`]),
    ...(agent.state === "error" && agent.reason !== undefined
      ? [`Error: ${summarize(agent.reason, 100)}`]
      : []),
    ...(view.deep ? deepLines(agent, status) : []),
  ];
  return [`   ${facts.join(", ")}`, ...below.map((line) => `     ${branch}${line}`)];
}

function deepLines(agent: AgentStatus, status: StatusFrame): string[] {
  const events = agent.recent.slice(0, TASKS_PER_AGENT).map((event) => {
    const ago = formatDuration(status.at.getTime() - event.at.getTime());
    return `${ago} ago: ${summarize(event.message, 80)}`;
  });
  const output = (status.lastOutput?.[agent.name] ?? []).map((line) =>
    `| ${[...sanitize(line)].slice(0, 80).join("")}`.trimEnd(),
  );
  return [...events, ...output];
}

function totalsText({ totals }: StatusFrame): string {
  const inFlight = totals.assigned + totals.running;
  const done = totals.completed + totals.failed + totals.cancelled;
  const failed = totals.failed === 0 ? "" : `, of them ${totals.failed} failed`;
  return `${totals.total} total, ${totals.pending} pending, ${inFlight} in flight, ${done} done${failed}`;
}

/** `--tasks`: the first few tasks of each agent; those of nobody last. */
function taskGroups(tasks: readonly TaskView[], style: Style): string[] {
  const groups = Map.groupBy(tasks, (task) => task.agentName ?? "");
  const names = [...groups.keys()].sort((a, b) => Number(a === "") - Number(b === ""));
  return names.flatMap((name) => {
    const own = groups.get(name) ?? [];
    const open = own.filter((task) => task.completedAt === undefined).length;
    const more = own.length - TASKS_PER_AGENT;
    return [
      `   ${paint(style, "bold", name === "" ? "unassigned" : name)}: ${open} open, ${own.length - open} done`,
      ...own.slice(0, TASKS_PER_AGENT).map((task) => `     ${renderTaskLine(task, style)}`),
      ...(more > 0 ? [`     and ${more} more`] : []),
    ];
  });
}
