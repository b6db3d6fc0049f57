import type { TownEvent } from "../core/event.ts";
import { asAgentId } from "../core/ids.ts";
import { followEvents, recentEvents } from "../services/events.ts";
import { isLater } from "./event-position.ts";
import type { FlowScope } from "./flow-scope.ts";
import { messageError } from "./message-book.ts";
import { within } from "./within.ts";

const NOTICES = {
  task_started: "task.started",
  task_completed: "task.completed",
  task_failed: "task.failed",
  task_cancelled: "task.cancelled",
} as const;

/**
 * Notes and tells the reporter what becomes of this flow's tasks, messages and agents, until disposed. Disposing waits
 * for the events that are already in the stream.
 */
export async function followTasks(scope: FlowScope): Promise<AsyncDisposable> {
  const { run, position } = scope;
  const [newest] = await recentEvents(run.town, 1);
  if (newest !== undefined) position.reach(newest.id);
  const stop = new AbortController();
  const follow = async (): Promise<void> => {
    const events = followEvents(run.town, { since: position.last, signal: stop.signal });
    for await (const event of events) {
      report(scope, event);
      position.reach(event.id);
    }
  };
  // A lost server fails the calls too.
  const following = run
    .asHost(follow)
    .catch(() => undefined)
    .finally(() => position.end());
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await within(
        REST_MS,
        following.then(() => reportRest(scope, position.last)),
      );
    },
  };
}

const REST_LIMIT = 200;
/** A town that is away is not waited for. */
const REST_MS = 1_000;

/** What happened between the last event that was read and the end. */
async function reportRest(scope: FlowScope, after: string): Promise<void> {
  try {
    const events = await recentEvents(scope.run.town, REST_LIMIT);
    for (const event of events) if (isLater(event.id, after)) report(scope, event);
  } catch {
    // the town is gone; whatever needed it has said so
  }
}

function report(scope: FlowScope, event: TownEvent): void {
  const { run, tasks, agents } = scope;
  const dead = scope.messages.note(event);
  if (dead !== undefined) {
    const text = messageError(dead, undefined).message;
    run.emit({ type: "flow.log", level: "warn", text });
  }
  if (event.type === "agent_state_changed" && event.agentId !== undefined) {
    const agent = agents.byId(asAgentId(event.agentId))?.name;
    const { oldState: from, newState: to } = event;
    if (agent !== undefined && from !== undefined && to !== undefined) {
      run.emit({ type: "agent.state", agent, from, to });
    }
  }
  const type = Object.entries(NOTICES).find(([name]) => name === event.type)?.[1];
  const task = event.taskId === undefined ? undefined : tasks.find(event.taskId);
  if (type === undefined || task === undefined) return;
  const isEnd = type !== "task.started";
  run.emit({
    type,
    task: task.id,
    key: task.key,
    agent: task.agentName,
    description: task.description,
    where: run.where(task.site),
    ...(isEnd && { ms: Math.round(performance.now() - task.givenAt), detail: event.message }),
  });
}
