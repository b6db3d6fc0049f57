import { shortTaskId } from "../../core/ids.ts";
import type { TaskState } from "../../core/task.ts";
import type { assignTask, TaskView } from "../../services/tasks.ts";
import { relayed, relayedAfterLabel } from "../../util/relayed.ts";
import { summarize } from "../../util/sanitize.ts";
import { icon, type Paint, paint, type Style } from "./style.ts";
import { renderTable } from "./table.ts";

const TASK_COLORS: Readonly<Record<TaskState, Paint>> = {
  pending: "dim",
  assigned: "cyan",
  running: "yellow",
  completed: "green",
  failed: "red",
  cancelled: "dim",
};

const TASK_ICONS: Readonly<Record<TaskState, string>> = {
  pending: "⏳",
  assigned: "📌",
  running: "🔄",
  completed: "✅",
  failed: "❌",
  cancelled: "🚫",
};

/** Before the lines of a text. */
const BAR = "    │ ";

type Assigned = Pick<
  Awaited<ReturnType<typeof assignTask>>,
  "taskId" | "agentName" | "existing" | "state"
>;

export function renderAssigned(result: Assigned): string {
  return result.existing
    ? `Task ${result.taskId} was already assigned to ${result.agentName} (${result.state})`
    : `Assigned task ${result.taskId} to ${result.agentName}`;
}

export function renderTaskList(tasks: readonly TaskView[], style: Style): string {
  if (tasks.length === 0) return style.width === undefined ? "" : "No tasks.";
  const columns = [
    {
      title: "ID",
      cell: (task: TaskView) => (style.width === undefined ? task.id : shortTaskId(task.id)),
    },
    {
      title: "STATE",
      cell: (task: TaskView) => task.state,
      color: (task: TaskView) => TASK_COLORS[task.state],
    },
    { title: "AGENT", cell: (task: TaskView) => task.agentName ?? "-" },
    { title: "TASK", cell: (task: TaskView) => summarize(task.description, 60) },
  ];
  return renderTable(tasks, columns, style);
}

/** One line inside a list that is grouped by agent. */
export function renderTaskLine(task: TaskView, style: Style): string {
  const state = paint(style, TASK_COLORS[task.state], task.state);
  const mark = icon(style, TASK_ICONS[task.state]);
  return `${mark}${shortTaskId(task.id)} ${state} ${summarize(task.description, 50)}`;
}

/** Everything about one task; texts in full. */
export function renderTask(task: TaskView, style: Style): string {
  const state = paint(style, TASK_COLORS[task.state], task.state);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["State", task.outcome === undefined ? state : `${state} (${task.outcome})`],
    ["Agent", task.agentName ?? task.assignedTo],
    ["Tags", task.tags.length === 0 ? undefined : task.tags.join(", ")],
    ["Parent", task.parentId],
    ["Run", task.run],
    ["Attempts", task.attempts === 0 ? undefined : String(task.attempts)],
    ["Created", task.createdAt.toISOString()],
    ["Started", task.startedAt?.toISOString()],
    ["Completed", task.completedAt?.toISOString()],
  ];
  const lines = facts.flatMap(([label, value]) =>
    value === undefined ? [] : [`  ${`${label}:`.padEnd(11)}${relayedAfterLabel(value, BAR)}`],
  );
  // The state is painted by us, so it must not be cleaned.
  const painted = lines.map((line, i) => (i === 0 ? `  State:     ${facts[0]?.[1] ?? ""}` : line));
  return [
    `Task ${paint(style, "bold", task.id)}`,
    ...painted,
    ...block("Description", task.description),
    ...block("Context", task.context.join("\n")),
    ...block("Last attempt", task.lastFailure),
    ...block("Result", task.result),
    ...block(task.state === "cancelled" ? "Reason" : "Error", task.error),
  ].join("\n");
}

/** `task current`. */
export function renderCurrentTask(task: TaskView | undefined, style: Style): string {
  if (task === undefined) return "No current task.";
  const next = `When it is done: tt task complete ${task.id} --result "<summary>"`;
  return `${renderTask(task, style)}\n${next}`;
}

/** What `complete`, `fail` and `cancel` made of a task. */
export function renderTaskDecided(task: TaskView): string {
  const text = task.result ?? task.error;
  const line = `Task ${task.id} ${task.state}: ${summarize(task.description, 60)}`;
  return text === undefined || text === ""
    ? line
    : `${line}\n${relayed(summarize(text, 100), "  │ ")}`;
}

function block(title: string, text: string | undefined): string[] {
  if (text === undefined || text === "") return [];
  return [`  ${title}:`, relayed(text, BAR)];
}
