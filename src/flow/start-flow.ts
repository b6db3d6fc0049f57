import { type Environment, readEnvironment } from "../config/env.ts";
import { findTownRoot } from "../config/paths.ts";
import { UnavailableError } from "../core/errors.ts";
import { openEphemeralTown } from "../services/ephemeral-town.ts";
import { recentEvents } from "../services/events.ts";
import { openTown } from "../services/open-town.ts";
import type { Town } from "../services/town.ts";
import { EventQueue } from "./event-queue.ts";
import type { EmitFlowEvent, FlowEvent, FlowEventBody } from "./flow-events.ts";
import { type FlowSource, openFlowSource } from "./flow-source.ts";
import { flowTypes, runtimeTypes } from "./flow-types.ts";
import { misplacedFlags } from "./misplaced-flags.ts";
import { runFlow } from "./run-flow.ts";
import { typeCheck } from "./type-check.ts";

export interface StartFlowOptions {
  /** A path, or `-` for standard input. */
  readonly script: string;
  readonly argv: readonly string[];
  readonly check: boolean;
  /** A town for this run only; also without it when there is no town upwards. */
  readonly ephemeral: boolean;
  /** Where to look for the town. Default: the directory of the caller, and upwards. */
  readonly town?: string | undefined;
  readonly cli?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly interrupt: AbortSignal;
  /** Writes to stdout; rejects when nobody reads it any more. */
  readonly print: (text: string) => Promise<void>;
  /** What goes to stdout becomes events. */
  readonly captureStdout: boolean;
  readonly stdin: () => Promise<string>;
}

const START_MS = 5_000;

/**
 * A server that is away for longer ends the flow. Pending calls of the flow hold the process, not
 * its connections, so that it shows when nothing is left that a flow could wait for.
 */
const CONNECTION = { patienceMs: 30_000, unref: true } as const;

/**
 * Checks and runs a flow; the events end with `flow.finished`. Leaving the loop early ends the flow
 * as Ctrl-C does.
 *
 * @throws NotFoundError E_FILE_NOT_FOUND, UsageError, ConfigError, UnavailableError
 */
export async function* startFlow(options: StartFlowOptions): AsyncGenerator<FlowEvent> {
  const env = readEnvironment();
  const runId = crypto.randomUUID().slice(0, 8);
  const stamp = stamper(runId);
  const source = await openFlowSource(options.script, { cwd: env.cwd, stdin: options.stdin });
  if (options.check) {
    const types = { types: flowTypes(), runtimeTypes: runtimeTypes() };
    const problems = await typeCheck(source, { ...types, cwd: env.cwd });
    if (problems.length > 0) {
      yield stamp({ type: "flow.finished", reason: "check_failed", exitCode: 3, problems });
      return;
    }
  }
  const left = new AbortController();
  const events = new EventQueue<FlowEvent>();
  const flow: PreparedFlow = {
    ...options,
    env,
    runId,
    source,
    interrupt: AbortSignal.any([options.interrupt, left.signal]),
    emit: untilFinished((event) => events.push(stamp(event))),
  };
  const finished = inTown(flow).finally(() => events.end());
  try {
    yield* events;
    await finished;
  } finally {
    // Whoever reads the events has gone away; for the flow that is an interrupt.
    left.abort(new DOMException("interrupted by SIGINT", "AbortError"));
    await finished.catch(() => undefined);
  }
}

interface PreparedFlow extends StartFlowOptions {
  readonly env: Environment;
  readonly runId: string;
  readonly source: FlowSource;
  readonly emit: EmitFlowEvent;
}

async function inTown(flow: PreparedFlow): Promise<void> {
  const { env, emit } = flow;
  for (const text of misplacedFlags(flow.argv, flow.source)) {
    emit({ type: "flow.log", level: "warn", text });
  }
  const from = flow.town ?? env.town ?? env.cwd;
  if (flow.ephemeral || (flow.town === undefined && findTownRoot(from) === undefined)) {
    const options = { workDir: env.cwd, ...CONNECTION, signal: flow.interrupt };
    const town = await openEphemeralTown(options);
    try {
      await perform(flow, town, { ephemeral: true });
    } finally {
      await town.close();
    }
    return;
  }
  await using town = await openTown({ dir: from, longLived: true, ...CONNECTION });
  for (const text of town.notices) emit({ type: "flow.log", level: "warn", text });
  await reach(town);
  await perform(flow, town, { ephemeral: false });
}

/** A server that is not there in the beginning is not waited for as long as one that goes away. */
async function reach(town: Town): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(unreachable(town)), START_MS);
  try {
    await Promise.race([recentEvents(town, 1), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function unreachable(town: Town): UnavailableError {
  return new UnavailableError({
    code: "E_REDIS_UNREACHABLE",
    message: `The town's Redis at ${town.server.display} does not answer`,
    hint: town.server.managed
      ? "see .tt/logs/redis.log"
      : "check that it runs and that the URL is right",
  });
}

async function perform(
  flow: PreparedFlow,
  town: Town,
  { ephemeral }: { readonly ephemeral: boolean },
): Promise<void> {
  const { env, emit, captureStdout } = flow;
  let printed = Promise.resolve();
  const print = (text: string): void => {
    printed = printed.then(() => flow.print(text)).catch(() => undefined); // the reader went away
  };
  await runFlow({
    ...flow,
    town,
    ephemeral,
    env: env.all,
    cwd: env.cwd,
    ci: env.ci,
    print: captureStdout ? (text) => emit({ type: "flow.stdout", text }) : print,
  });
  await printed;
}

/** What is still under way when a flow has finished has no one to tell. */
function untilFinished(emit: EmitFlowEvent): EmitFlowEvent {
  let finished = false;
  return (event) => {
    if (!finished) emit(event);
    finished ||= event.type === "flow.finished";
  };
}

/** Adds to an event what every event has. */
function stamper(run: string): (event: FlowEventBody) => FlowEvent {
  const started = performance.now();
  return (event) => ({
    v: 1,
    at: new Date(),
    t: Math.round(performance.now() - started),
    run,
    ...event,
  });
}
