import type { FlowEvent } from "../../src/flow/flow-events.ts";
import type { TaskView } from "../../src/services/tasks.ts";
import type { Branch } from "./render-tree.ts";
import type { Action } from "./transcript.ts";

export interface Happenings {
  readonly events: readonly FlowEvent[];
  readonly tasks: readonly Pick<
    TaskView,
    "id" | "description" | "state" | "agentName" | "attempts" | "result"
  >[];
  readonly actions: Readonly<Record<string, readonly Action[]>>;
  readonly changes: readonly string[];
  /** Of the conductor's inbox. */
  readonly mail: readonly { readonly fromName: string; readonly text: string }[];
}

const RESULT_LINES = 4;

/** The tree of a run: agents, tasks, actions, files, messages, events. */
export function whatHappened(happenings: Happenings): Branch {
  const { events, tasks, changes, mail } = happenings;
  const end = events.findLast((event) => event.type === "flow.finished");
  const done = tasks.filter((task) => task.state === "completed").length;
  const summary = `${done} of ${tasks.length} tasks completed in ${seconds(end?.t)}`;
  const agents = [...new Set(tasks.map((task) => task.agentName ?? "nobody"))];
  return {
    text: `run ${end?.run ?? "?"} of pipeline.ts: ${summary}`,
    children: [
      ...agents.map((name) => agentBranch(name, happenings)),
      { text: "files in the repository", children: changes.map((text) => ({ text })) },
      {
        text: "for the conductor",
        children: mail.map(({ fromName, text }) => ({ text: `${fromName}: "${text}"` })),
      },
      eventBranch(events),
    ],
  };
}

function agentBranch(name: string, { events, tasks, actions }: Happenings): Branch {
  const own = tasks.filter((task) => task.agentName === name);
  return {
    text: name,
    children: own.map((task) => {
      const ended = events.find(
        (event) => event.type === "task.completed" && event.task === task.id,
      );
      const ms = ended?.type === "task.completed" ? ended.ms : undefined;
      const turns = task.attempts === 1 ? "" : `, ${task.attempts} turns`;
      return {
        text: `${task.state} in ${seconds(ms)}${turns}: ${task.description.split("\n")[0]}`,
        children: [...actionBranches(actions[name] ?? []), resultBranch(task.result ?? "")],
      };
    }),
  };
}

function actionBranches(actions: readonly Action[]): readonly Branch[] {
  return actions.map(({ verb, what, outcome }) => ({
    text: `${verb.padEnd(6)} ${what}`,
    ...(outcome === undefined ? {} : { note: outcome }),
  }));
}

/** Its end, since that is where agents sum up. */
function resultBranch(result: string): Branch {
  const lines = result.trim().split("\n");
  const shown = lines.slice(-RESULT_LINES);
  const before = lines.length - shown.length;
  const text = before === 0 ? "result" : `result, the last of ${lines.length} lines`;
  return { text, children: shown.map((line) => ({ text: line.trim() })) };
}

const TYPES_PER_LINE = 4;

function eventBranch(events: readonly FlowEvent[]): Branch {
  const counts = [...Map.groupBy(events, (event) => event.type)];
  const texts = counts.map(([type, all]) => `${all.length} ${type}`);
  const lines = texts.flatMap((_, i) =>
    i % TYPES_PER_LINE === 0 ? [texts.slice(i, i + TYPES_PER_LINE).join(", ")] : [],
  );
  return { text: `${events.length} events`, children: lines.map((text) => ({ text })) };
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? "?" : `${(ms / 1000).toFixed(2)} s`;
}
