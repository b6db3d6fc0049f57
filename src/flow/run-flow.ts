import { closeOwnAgents } from "./clean-up.ts";
import { catchStrayErrors } from "./error-nets.ts";
import { FlowLimits } from "./flow-limits.ts";
import { type FlowEnd, outcomeOf } from "./flow-outcome.ts";
import { type FlowSession, openSession, type RunFlowOptions } from "./flow-session.ts";
import { followTasks } from "./follow-tasks.ts";
import { jsonText } from "./json-text.ts";
import { type ModulesResult, runModules } from "./run-modules.ts";
import { judgeTasks } from "./run-to-end.ts";
import { TownError } from "./town-error.ts";

/** Runs a checked flow in an open town to its end, cleaning up included. */
export async function runFlow(options: RunFlowOptions): Promise<FlowEnd> {
  const session = openSession(options);
  const { run, ending } = session;
  using _loop = session.loop;
  const { value, exitCode } = await perform(session);
  run.end(new TownError({ code: "ABORTED", message: "The flow has ended" }));
  const end = await outcomeOf(ending, { run, source: options.source, exitCode });
  const result = ending.cause === undefined ? value : undefined;
  if (result !== undefined && !options.captureStdout) options.print(`${result}\n`);
  options.emit({
    type: "flow.finished",
    ...end,
    result: result === undefined ? undefined : JSON.parse(result),
  });
  return end;
}

interface Performed {
  /** The default export as JSON. */
  readonly value: string | undefined;
  readonly exitCode: number | undefined;
}

async function perform(session: FlowSession): Promise<Performed> {
  const { options, ending, scope } = session;
  using _nets = catchStrayErrors((error) => ending.fail(error));
  using limits = new FlowLimits(ending, options.interrupt);
  if (options.timeoutMs !== undefined) limits.limit(options.timeoutMs);
  session.loop.hold();
  await using _notices = await followTasks(scope);
  options.emit({
    type: "flow.started",
    name: scope.run.displayPath(options.source.file),
    file: options.source.file,
    town: options.town.name,
    ephemeral: options.ephemeral,
  });
  session.loop.release();
  const { result, exitCode } = await runModules(session, limits);
  if (!ending.isTownGone) await closeOwnAgents(scope, drainMs(session));
  // An agent works off its inbox before it ends.
  if (ending.cause === undefined) await judgeTasks(session);
  return { value: exported(session, result), exitCode };
}

/** Time for idle agents to go cold; turns under way are not waited for. */
const STOPPED_DRAIN_MS = 300;

/** Who interrupts a flow, or bounds its time, wants it to end: turns end, their tasks stay assigned. */
function drainMs({ ending, graceMs }: FlowSession): number {
  return ending.cause?.kind === "stopped" ? STOPPED_DRAIN_MS : ending.remaining(graceMs);
}

function exported(session: FlowSession, result: ModulesResult["result"]): string | undefined {
  if (result?.ok !== true) return undefined;
  try {
    return jsonText(result.value);
  } catch (error) {
    session.ending.fail(error);
    return undefined;
  }
}
