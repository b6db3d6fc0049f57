import { deadAwait } from "./dead-await.ts";
import { failedMessages } from "./failed-messages.ts";
import type { BodyResult } from "./flow-body.ts";
import type { FlowRun } from "./flow-run.ts";
import type { FlowSession } from "./flow-session.ts";
import { settleOpenTasks, unresolvedTasks } from "./settle-tasks.ts";
import { failure, taskErrors } from "./wait-for-idle.ts";

const STRAY_MS = 1_000;

/**
 * Waits until the flow's code has ended, by itself or because of something that `session.ending`
 * then tells, and every task it gave is resolved.
 */
export async function runToEnd(
  session: FlowSession,
  body: Promise<BodyResult>,
): Promise<BodyResult | undefined> {
  const { ending, loop } = session;
  const first = await Promise.race([
    body,
    ending.ended.then(() => "ended" as const),
    loop.drained().then(() => "drained" as const),
  ]);
  loop.hold();
  if (first === "drained") ending.fail(deadAwait(session.scope));
  const result = first === "ended" ? await unwind(session, body) : asResult(first);
  if (result?.ok === false) ending.fail(result.error);
  else if (ending.cause === undefined) await settle(session);
  await judgeTasks(session);
  return result;
}

/** Lets the `finally` blocks of a flow that is being ended run. */
async function unwind(
  session: FlowSession,
  body: Promise<BodyResult>,
): Promise<BodyResult | undefined> {
  const { ending, loop, graceMs } = session;
  loop.release();
  const ms = ending.cause?.kind === "exit" ? 0 : ending.remaining(graceMs);
  const result = await Promise.race([
    body,
    loop.drained().then(() => undefined),
    loop.pause(ms).then(() => undefined),
  ]);
  loop.hold();
  return result;
}

/** Waits for what the flow's code has begun and not waited for, until nothing new comes. */
async function settle(session: FlowSession): Promise<void> {
  const { run, ending, loop, scope, options } = session;
  run.leaveBackground();
  while (ending.cause === undefined) {
    const tasks = run.settleLastingCalls().then(() => settleOpenTasks(scope));
    await Promise.race([ending.ended, tasks.catch((error: unknown) => ending.fail(error))]);
    const calls = run.callCount;
    loop.release();
    const stray = loop.pause(options.strayMs ?? STRAY_MS).then(() => "stray" as const);
    const why = await Promise.race([ending.ended, loop.drained(), stray]);
    loop.hold();
    if (run.callCount !== calls || run.hasLastingCalls) continue;
    if (why === "stray") warn(run, STRAY_TEXT);
    for (const { site } of run.pendingSleeps) {
      warn(run, `the flow ended during a sleep() that nobody awaits, at ${run.where(site) ?? "?"}`);
    }
    return;
  }
}

function warn(run: FlowRun, text: string): void {
  run.emit({ type: "flow.log", level: "warn", text });
}

const STRAY_TEXT =
  "the flow's file has ended, but something it started (a timer, a server, a child) has not; it is ended now";

function asResult(first: BodyResult | "drained"): BodyResult | undefined {
  return first === "drained" ? undefined : first;
}

/** No flow ends well while a task or a message of it has failed and its code never asked, or is unresolved. */
export async function judgeTasks({ scope, ending }: FlowSession): Promise<void> {
  const { cause } = ending;
  if (cause !== undefined && (cause.kind !== "exit" || cause.exitCode !== 0)) return;
  try {
    const failed = taskErrors(scope, scope.tasks.unobservedFailures());
    const errors = [...failed, ...(await failedMessages(scope))];
    if (errors.length > 0) return ending.fail(failure(errors));
    if (cause === undefined) return;
    const open = await unresolvedTasks(scope);
    if (open !== undefined) ending.fail(open);
  } catch (error) {
    ending.fail(error);
  }
}
