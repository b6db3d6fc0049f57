import type { AgentRef, Agent as FlowAgent, IdleReport, WaitOptions } from "tinytown";
import type { Agent } from "../core/agent.ts";
import { isTerminalTaskState } from "../core/task.ts";
import { getAgent } from "../services/agents.ts";
import { getTask } from "../services/tasks.ts";
import { waitForIdle as untilIdle, type WaitingAgent } from "../services/wait-for-idle.ts";
import { LONGEST_TIMER_MS } from "../util/long-timer.ts";
import { summarize } from "../util/sanitize.ts";
import { type CallSite, captureCallSite } from "./call-site.ts";
import { durationMs } from "./duration-option.ts";
import { failedMessages } from "./failed-messages.ts";
import type { FlowScope } from "./flow-scope.ts";
import { openQueries } from "./send.ts";
import type { GivenTask } from "./task-book.ts";
import { note, taskError, taskHandle } from "./task-handle.ts";
import { TownError } from "./town-error.ts";

const PROGRESS_EVERY_MS = 30_000;

interface IdleRequest {
  /** undefined: every agent of the flow. */
  readonly agents: readonly AgentRef[] | undefined;
  readonly options: WaitOptions;
}

/** `(options?)`, `(agents, options?)` or `(...agents)`; see `waitForIdle` in the flow API. */
export function waitForIdle(scope: FlowScope, words: readonly unknown[]): Promise<IdleReport> {
  const site = captureCallSite();
  const { run } = scope;
  const { agents, options } = readRequest(scope, words);
  return run.call({ name: "waitForIdle()", site, signal: options.signal }, async (signal) => {
    const started = performance.now();
    const members = await membersOf(scope, agents);
    if (members.length === 0) return nobody(scope, site);
    const { every, timeout } = options;
    const progressMs = every === undefined ? PROGRESS_EVERY_MS : durationMs(every, "every");
    await untilIdle(run.town, {
      agents: members.map((agent) => agent.id),
      timeoutMs: timeout === undefined ? undefined : durationMs(timeout, "timeout"),
      progressMs: Math.min(progressMs, LONGEST_TIMER_MS),
      onProgress: (waiting) => progress(scope, waiting, { options, site }),
      signal,
    });
    const waited = performance.now() - started;
    return await report(scope, members, { options, site, waited });
  });
}

function readRequest(scope: FlowScope, words: readonly unknown[]): IdleRequest {
  const isRef = (word: unknown): word is AgentRef =>
    typeof word === "string" || scope.agents.isHandle(word);
  const [first, second] = words;
  if (Array.isArray(first)) return { agents: first.filter(isRef), options: optionsOf(second) };
  if (words.length > 0 && words.every(isRef)) return { agents: words.filter(isRef), options: {} };
  return { agents: undefined, options: optionsOf(first) };
}

function optionsOf(value: unknown): WaitOptions {
  if (value === undefined) return {};
  const isPlain = typeof value === "object" && value !== null && !("then" in value);
  if (isPlain) return value;
  throw new TownError({
    code: "INVALID_ARGUMENT",
    message: "waitForIdle() takes agents and their names, or a list of them and options",
    hint: 'pass what spawn(…) resolved with (is an "await" missing?)',
  });
}

async function membersOf(
  scope: FlowScope,
  agents: readonly AgentRef[] | undefined,
): Promise<readonly Agent[]> {
  if (agents === undefined) return scope.agents.members();
  const found = agents.map(async (ref) => {
    const known = scope.agents.find(ref);
    if (known !== undefined) return known;
    const agent = await getAgent(scope.run.town, String(ref));
    scope.agents.handle(agent);
    return agent;
  });
  return await Promise.all(found);
}

function nobody({ run }: FlowScope, site: CallSite | undefined): IdleReport {
  const place = run.where(site) ?? "this flow";
  run.emit({
    type: "flow.log",
    level: "warn",
    text: `waitForIdle() at ${place} had no agents to wait for`,
  });
  return { agents: [], completed: [], failed: [], queries: [], waited: 0 };
}

interface Wait {
  readonly options: WaitOptions;
  readonly site: CallSite | undefined;
}

function progress(scope: FlowScope, waiting: readonly WaitingAgent[], wait: Wait): void {
  const now = waiting.map(({ agent, state, inbox, task, waitedMs }) => ({
    agent,
    state,
    inbox,
    ...(task === undefined ? {} : { task: taskText(scope, task) }),
    for: Math.round(waitedMs),
  }));
  if (wait.options.onProgress !== undefined) wait.options.onProgress(now);
  else scope.run.emit({ type: "flow.waiting", waiting: now, where: scope.run.where(wait.site) });
}

async function report(
  scope: FlowScope,
  members: readonly Agent[],
  wait: Wait & { readonly waited: number },
): Promise<IdleReport> {
  const { run, tasks } = scope;
  const ids = new Set(members.map((agent) => agent.id));
  const given = tasks.of(ids);
  await Promise.all(given.map((task) => refresh(scope, task)));
  const failed = given.filter((task) => task.state === "failed");
  const unseen = failed.filter((task) => !task.observed);
  for (const task of failed) task.observed = true;
  const errors = [...taskErrors(scope, unseen), ...(await failedMessages(scope, ids))];
  if (errors.length > 0 && wait.options.allowFailures !== true) throw failure(errors);
  const queries = await openQueries(scope, ids);
  for (const query of queries) {
    const text = `${query.from} is idle, but waits for an answer: ${summarize(query.text, 80)}`;
    run.emit({ type: "flow.log", level: "warn", text });
  }
  return {
    agents: members.map((agent): FlowAgent => scope.agents.handle(agent)),
    completed: given.filter((t) => t.state === "completed").map((t) => taskHandle(scope, t)),
    failed: failed.map((task) => taskHandle(scope, task)),
    queries,
    waited: wait.waited,
  };
}

async function refresh(scope: FlowScope, task: GivenTask): Promise<void> {
  if (isTerminalTaskState(task.state)) return;
  note(task, await getTask(scope.run.town, task.id));
}

export function taskErrors(scope: FlowScope, failed: readonly GivenTask[]): readonly TownError[] {
  return failed.flatMap((task) => taskError(scope, task) ?? []);
}

/** The error of one failed task or message, or one that holds those of several. */
export function failure(errors: readonly TownError[]): TownError {
  const [first] = errors;
  if (first !== undefined && errors.length === 1) return first;
  const what = errors.every((error) => error.task !== undefined) ? "tasks" : "tasks and messages";
  return new TownError({
    code: "TASK_FAILED",
    message: `${errors.length} ${what} failed; the first: ${first?.message ?? "unknown"}`,
    agent: first?.agent,
    task: first?.task,
    site: first && TownError.site(first),
    where: first?.where,
    errors,
  });
}

function taskText(scope: FlowScope, id: string): string {
  const given = scope.tasks.find(id);
  return given === undefined ? id : summarize(given.description, 60);
}
