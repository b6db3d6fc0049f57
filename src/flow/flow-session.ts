import type { Town } from "../services/town.ts";
import { DeferStack } from "./clean-up.ts";
import { flowScope } from "./flow-api.ts";
import { FlowEnding } from "./flow-ending.ts";
import type { EmitFlowEvent } from "./flow-events.ts";
import { FlowRun } from "./flow-run.ts";
import type { FlowScope } from "./flow-scope.ts";
import type { FlowSource } from "./flow-source.ts";
import { LoopWatch } from "./loop-watch.ts";

export interface RunFlowOptions {
  readonly town: Town;
  /** The town is gone when the flow is. */
  readonly ephemeral: boolean;
  readonly runId: string;
  readonly source: FlowSource;
  /** What follows the script on the command line. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly ci: boolean;
  /** Replaces the CLI of every agent the flow spawns. */
  readonly cli?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /**
   * Code that nobody awaits may go on after the main module, where Bun does not tell that it has
   * ended: without a call for so long it is left. Default 1 000 ms.
   */
  readonly strayMs?: number | undefined;
  /** Aborted by Ctrl-C and its relatives. */
  readonly interrupt: AbortSignal;
  readonly emit: EmitFlowEvent;
  /** Text for stdout. */
  readonly print: (text: string) => void;
  /** What the flow's code prints goes through `print`, too. */
  readonly captureStdout: boolean;
}

/** One run of a flow, from its start to the end of its cleaning up. */
export interface FlowSession {
  readonly options: RunFlowOptions;
  readonly run: FlowRun;
  readonly scope: FlowScope;
  readonly ending: FlowEnding;
  readonly loop: LoopWatch;
  readonly defers: DeferStack;
  /** For each part of cleaning up. */
  readonly graceMs: number;
}

const GRACE_MS = 10_000;
/** A CI runner kills the job ten seconds after it cancelled it. */
const CI_GRACE_MS = 5_000;

export function openSession(options: RunFlowOptions): FlowSession {
  const { town, cwd, source, emit } = options;
  const run = new FlowRun({ id: options.runId, town, cwd, source, emit });
  return {
    options,
    run,
    scope: flowScope(run, options.cli),
    ending: new FlowEnding(run),
    loop: new LoopWatch(),
    defers: new DeferStack(),
    graceMs: options.ci ? CI_GRACE_MS : GRACE_MS,
  };
}
