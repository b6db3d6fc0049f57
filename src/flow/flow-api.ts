import type { Json, Log } from "tinytown";
import { AgentBook } from "./agent-book.ts";
import { agentHandle } from "./agent-handle.ts";
import { assign } from "./assign.ts";
import { captureCallSite } from "./call-site.ts";
import { DefinedFlow, type FlowDefinition } from "./define-flow.ts";
import { EventPosition } from "./event-position.ts";
import { looseArgs } from "./flow-args.ts";
import type { FlowRun } from "./flow-run.ts";
import type { FlowScope } from "./flow-scope.ts";
import { flowSleep } from "./flow-sleep.ts";
import { MessageBook } from "./message-book.ts";
import { send } from "./send.ts";
import { spawn } from "./spawn.ts";
import { TaskBook } from "./task-book.ts";
import { isTownError, TownError } from "./town-error.ts";
import { townView } from "./town-view.ts";
import { waitForIdle } from "./wait-for-idle.ts";

type Declared = typeof import("tinytown");
/** Everything a flow's code can name, with the types it was checked against. */
export type FlowApi = Omit<Declared, "TownError" | "defineFlow" | "parseArgs"> & {
  readonly TownError: typeof TownError;
  readonly defineFlow: (definition: FlowDefinition) => DefinedFlow;
  readonly parseArgs: ParseArgs;
};
type ParseArgs = (spec: Parameters<Declared["parseArgs"]>[0]) => Readonly<Record<string, unknown>>;

export interface FlowApiOptions {
  /** The flow's file as people know it. */
  readonly file: string;
  readonly name: () => string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ci: boolean;
  readonly parseArgs: ParseArgs;
  readonly defer: (fn: () => void | Promise<void>) => void;
}

export function flowScope(run: FlowRun, cli: string | undefined): FlowScope {
  const scope: FlowScope = {
    run,
    cli,
    tasks: new TaskBook(),
    messages: new MessageBook(),
    position: new EventPosition(),
    agents: new AgentBook((agent, reused) => agentHandle(scope, agent, reused)),
  };
  return scope;
}

/** The functions and values of the flow API for one run. */
export function createFlowApi(scope: FlowScope, options: FlowApiOptions): FlowApi {
  const { run } = scope;
  const basics: Pick<FlowApi["town"], "spawn" | "assign" | "waitForIdle"> = {
    spawn: (name, choice) => spawn(scope, name, choice),
    assign: (agent, task, settings) => assign(scope, agent, task, settings),
    waitForIdle: (...words: readonly unknown[]) => waitForIdle(scope, words),
  };
  return {
    ...basics,
    town: townView(scope, basics),
    send: (to, message, settings) => send(scope, to, message, settings),
    sleep: (duration, settings) => flowSleep(run, duration, settings),
    log: logger(run),
    args: looseArgs(options.argv),
    parseArgs: options.parseArgs,
    env: Object.freeze({ ...options.env }),
    signal: run.signal,
    defer: options.defer,
    flow: flowInfo(run, options),
    defineFlow: (definition) => new DefinedFlow(definition),
    isTownError,
    TownError,
  };
}

function flowInfo(run: FlowRun, options: FlowApiOptions): FlowApi["flow"] {
  return {
    run: run.id,
    get name() {
      return options.name();
    },
    file: options.file,
    ci: options.ci,
    fail: (message, { exitCode, cause } = {}) => {
      const site = captureCallSite();
      const where = run.where(site);
      throw new TownError({ code: "FLOW_FAILED", message, exitCode, cause, site, where });
    },
  };
}

function logger(run: FlowRun): Log {
  const write =
    (level: "debug" | "info" | "warn" | "error") =>
    (message: string, fields?: Record<string, Json>): void => {
      run.emit({ type: "flow.log", level, text: String(message), fields });
    };
  return Object.assign(write("info"), {
    debug: write("debug"),
    warn: write("warn"),
    error: write("error"),
  });
}
