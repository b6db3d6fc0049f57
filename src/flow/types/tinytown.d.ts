/// <reference lib="esnext" />
/**
 * The tinytown flow API, as `tt types` prints it.
 *
 * Every value below can be imported (`import { spawn } from "tinytown"`), and all but the types,
 * `TownError`, `isTownError` and `defineFlow` need no import in a file that `tt run` runs.
 * For Node's and Bun's own names (`process`, `node:fs`, `Bun`) add `@types/bun` to the project.
 */
declare module "tinytown" {
  // -- basics ------------------------------------------------------------------------------------
  /** Milliseconds, or a string such as "500ms", "30s", "10m", "2h", "1d". */
  export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;
  /** An agent, or the name, nickname or id of one. */
  export type AgentRef = Agent | string;
  /** A preset, a CLI of `[agent_clis]` in tinytown.toml, or `"sim"`, the built-in stand-in. */
  export type CliName =
    | "claude"
    | "codex"
    | "codex-mini"
    | "auggie"
    | "gemini"
    | "copilot"
    | "aider"
    | "cursor"
    | "opencode"
    | "sim"
    | (string & {});
  export type Role =
    | "worker"
    | "reviewer"
    | "researcher"
    | "architect"
    | "tester"
    | "devops"
    | (string & {});
  export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
  export interface Cancellable {
    /** Cancels this call only (it rejects with ABORTED); the flow's own `signal` always applies too. */
    signal?: AbortSignal;
    /** After this long the call rejects with TIMEOUT; what the agents do goes on. Default: none. */
    timeout?: Duration;
  }

  // -- agents ------------------------------------------------------------------------------------
  /**
   * starting: registered, not yet taken over by a host · idle · working: its CLI runs · paused ·
   * draining: finishing, takes no new work · cold: drained · error · stopped.
   */
  export type AgentState =
    | "starting"
    | "idle"
    | "working"
    | "paused"
    | "draining"
    | "cold"
    | "error"
    | "stopped";
  export interface SpawnOptions extends Cancellable {
    /** Default: `default_cli` of tinytown.toml. `tt run --cli NAME` overrides it for every agent. */
    cli?: CliName;
    role?: Role;
    /** A second name, usable wherever the name is. */
    nickname?: string;
    /** Put in front of every prompt of this agent. */
    instructions?: string;
    /** Passed to the CLI as its model. */
    model?: string;
    /** Directory the CLI runs in, relative to the directory of the flow's caller. Default: the town's. */
    cwd?: string;
    /** Added to the CLI's environment. */
    env?: Record<string, string>;
    parent?: AgentRef;
    /** An agent of this name is alive: "reuse" it (default; AGENT_CONFLICT when its CLI or role differs) or "error". */
    ifExists?: "reuse" | "error";
    /** Leave the agent running when the flow ends. Default false: agents the flow created are drained and closed. */
    keep?: boolean;
  }
  /**
   * Create the agent called `name`, or take the one there is. Idempotent: the same name twice gives
   * the same agent. An agent that has ended is started anew under its name.
   *
   * Rejects with AGENT_CONFLICT, AGENT_LIMIT (`max_agents` of the town), CLI_NOT_FOUND,
   * INVALID_ARGUMENT (a name that is none), TOWN_UNAVAILABLE.
   * @example const backend = await spawn("backend", "claude");
   * @example const critic = await spawn("critic", { cli: "codex", role: "reviewer" });
   */
  export function spawn(name: string, options?: CliName | SpawnOptions): Promise<Agent>;

  export interface Agent extends AsyncDisposable {
    readonly id: string;
    readonly name: string;
    readonly cli: string;
    readonly role: Role | undefined;
    /** True when the agent was already in the town; a flow never closes an agent it did not create. */
    readonly reused: boolean;
    /** See the function `assign`. */
    assign(task: string, options?: AssignOptions): TaskPromise<string>;
    /** See the function `send`. */
    send(message: string, options?: SendOptions): Promise<Message>;
    /** See the function `waitForIdle`. */
    waitForIdle(options?: WaitOptions): Promise<IdleReport>;
    state(): Promise<AgentState>;
    /** What waits to be handled: urgent messages first, then the others, oldest first. */
    inbox(): Promise<readonly Message[]>;
    /** Raw output of the agent's CLI, line by line. With `follow` it goes on until you break or the flow ends. */
    logs(options?: { follow?: boolean }): AsyncIterable<string>;
    /** Take no new work, finish what is queued, then end ("cold"). `await using` calls this. */
    close(options?: Cancellable): Promise<void>;
    /** Stop now: the running turn is ended. Its tasks stay open; `task.cancel()` takes them back. */
    kill(reason?: string): Promise<void>;
  }

  // -- tasks -------------------------------------------------------------------------------------
  export type TaskState = "pending" | "assigned" | "running" | "completed" | "failed" | "cancelled";
  export interface AssignOptions extends Cancellable {
    /** Identity in this run. Default: agent + hash of the text (+ `#2`, `#3` for repeats, in program order). */
    key?: string;
    tags?: string[];
    parent?: Task<unknown> | string;
    /** Files (paths) or completed tasks put into the prompt; tasks contribute their result. */
    context?: ReadonlyArray<Task<unknown> | string>;
    /** Handled before the agent's other work. Default false. */
    urgent?: boolean;
  }
  export interface Task<T = string> {
    readonly id: string;
    /** Identity in the run that gave the task; the id for tasks that no flow gave. */
    readonly key: string;
    readonly description: string;
    /** Whom it was given to; reading it throws AGENT_NOT_FOUND when nobody has the task. */
    readonly agent: Agent;
    state(): Promise<TaskState>;
    /** Wait for completion; the value is the agent's answer. Rejects with TASK_FAILED, TASK_CANCELLED or TIMEOUT. */
    result(options?: Cancellable): Promise<T>;
    /** Wait for the end, whatever it is; never rejects for a task's outcome. */
    settled(options?: Cancellable): Promise<Settled<T>>;
    /** Take it back; a running turn is ended. Does nothing when the task has ended. */
    cancel(reason?: string): Promise<void>;
  }
  export type Settled<T> =
    | { ok: true; value: T; error?: undefined }
    | { ok: false; error: TownError; value?: undefined };
  /** `await assign(…)` gives the Task, once it is durably in the agent's inbox; `await assign(…).result()` its outcome. */
  export interface TaskPromise<T> extends Promise<Task<T>> {
    result(options?: Cancellable): Promise<T>;
    settled(options?: Cancellable): Promise<Settled<T>>;
  }
  /**
   * Give an agent a task. Returns as soon as the task is durably in its inbox; the work goes on meanwhile,
   * so two assigns in a row run in parallel. The same key in the same run is the same task, never a second one.
   *
   * Rejects with AGENT_NOT_FOUND, AGENT_STOPPED (draining or ended), INBOX_FULL, INVALID_ARGUMENT (a
   * context file or task that cannot be used), TOWN_UNAVAILABLE.
   * @example const answer = await assign(backend, "Build the login API").result();
   */
  export function assign(agent: AgentRef, task: string, options?: AssignOptions): TaskPromise<string>;

  // -- waiting -----------------------------------------------------------------------------------
  export interface WaitingAgent {
    agent: string;
    state: AgentState;
    /** Messages waiting, urgent ones included. */
    inbox: number;
    /** What it works on. */
    task?: string;
    /** Milliseconds since the wait began. */
    for: number;
  }
  export interface WaitOptions extends Cancellable {
    /** Resolve even if a task or message this flow gave these agents failed unobserved. Default false: reject with TASK_FAILED. */
    allowFailures?: boolean;
    /** Called while waiting, at most once per `every`; replaces the progress line on stderr. */
    onProgress?: (waiting: ReadonlyArray<WaitingAgent>) => void;
    /** Default "30s". */
    every?: Duration;
  }
  export interface IdleReport {
    readonly agents: readonly Agent[];
    /** The tasks this flow gave these agents, by outcome. */
    readonly completed: ReadonlyArray<Task<unknown>>;
    readonly failed: ReadonlyArray<Task<unknown>>;
    /** Questions of these agents nobody has answered: idle, but not because they are done. */
    readonly queries: readonly Message[];
    /** Milliseconds. */
    readonly waited: number;
  }
  /**
   * Wait until every one of the agents is idle with nothing queued and no task open, all at the same moment.
   * Covers everything this flow sent before the call. Without agents: every agent of this flow.
   *
   * Rejects with TASK_FAILED when a task this flow gave them failed and nobody looked (`result()`, `settled()`
   * and `allowFailures` look; several failures are in `errors`), or the turns of a "task" or "query" message
   * it sent them failed for good, AGENT_STOPPED or AGENT_FAILED when one of
   * them ended, TIMEOUT, ABORTED. There is no default timeout.
   */
  export function waitForIdle(options?: WaitOptions): Promise<IdleReport>;
  export function waitForIdle(agents: readonly AgentRef[], options?: WaitOptions): Promise<IdleReport>;
  export function waitForIdle(...agents: AgentRef[]): Promise<IdleReport>;
  /** Rejects with ABORTED when the flow or `options.signal` is cancelled. */
  export function sleep(duration: Duration, options?: { signal?: AbortSignal }): Promise<void>;

  // -- messages ----------------------------------------------------------------------------------
  /** task: free text to act on · query: wants an answer · info, ack: ride along in the next prompt. */
  export type MessageKind = "task" | "query" | "info" | "ack";
  export interface SendOptions {
    /** Default "task". */
    kind?: MessageKind;
    /** Handled before the regular inbox. Default false. */
    urgent?: boolean;
    /** Who it is from. Default: the conductor. */
    from?: AgentRef;
    replyTo?: Message | string;
  }
  export interface Message {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly kind: MessageKind;
    readonly text: string;
    readonly urgent: boolean;
    readonly at: Date;
    readonly replyTo?: string;
    /** Send to whoever this message is from. */
    reply(text: string, options?: SendOptions): Promise<Message>;
  }
  /**
   * Put a message into one or several inboxes, or the conductor's. With several receivers each gets
   * its own; the value is the first one's. A "task" or "query" whose turns fail for good fails the flow, as
   * `waitForIdle` tells. Rejects with AGENT_NOT_FOUND, AGENT_STOPPED, INBOX_FULL.
   */
  export function send(
    to: AgentRef | readonly AgentRef[] | "conductor",
    message: string,
    options?: SendOptions,
  ): Promise<Message>;

  // -- output, arguments, environment ------------------------------------------------------------
  export interface Log {
    (message: string, fields?: Record<string, Json>): void;
    debug(message: string, fields?: Record<string, Json>): void;
    warn(message: string, fields?: Record<string, Json>): void;
    error(message: string, fields?: Record<string, Json>): void;
  }
  /** Progress for people, on stderr. (`console.log` is the flow's own output, on stdout.) `debug` shows with `--verbose`. */
  export const log: Log;
  /** Arguments after the script: `--name value`, `--name=value`, `--no-flag`, and positionals in `_`. */
  export const args: Readonly<Record<string, string | number | boolean | undefined>> & {
    readonly _: readonly string[];
  };
  export type ArgSpec = {
    type: "string" | "number" | "boolean" | "list";
    description?: string;
    required?: boolean;
    default?: unknown;
    choices?: readonly string[];
    positional?: boolean;
  };
  export type ArgsSpec = Record<string, ArgSpec>;
  type ArgBase<A extends ArgSpec> = A extends { choices: readonly (infer C)[] }
    ? C
    : A["type"] extends "number"
      ? number
      : A["type"] extends "boolean"
        ? boolean
        : A["type"] extends "list"
          ? string[]
          : string;
  type ArgOf<A extends ArgSpec> = A extends { required: true } | { default: {} }
    ? ArgBase<A>
    : ArgBase<A> | undefined;
  /** Checked arguments: `tt run f.ts --help` lists them, a wrong one ends the flow with exit code 2. */
  export function parseArgs<const S extends ArgsSpec>(spec: S): { [K in keyof S]: ArgOf<S[K]> };
  export const env: Readonly<Record<string, string | undefined>>;

  // -- the run -----------------------------------------------------------------------------------
  /** Aborted on Ctrl-C, SIGTERM, `--timeout` and an uncaught failure. */
  export const signal: AbortSignal;
  export const flow: {
    /** Identity of this run. */
    readonly run: string;
    /** The file's name without its extension, or what `defineFlow` says. */
    readonly name: string;
    /** Absolute path. */
    readonly file: string;
    /** In CI (the variable `CI` is set). */
    readonly ci: boolean;
    /** End the flow as failed. Default exit code 1. */
    fail(message: string, options?: { exitCode?: number; cause?: unknown }): never;
  };
  /**
   * Runs when the flow ends in any way but `kill -9`; last registered first; all together have 10 s (5 s in CI).
   * `send`, `close`, `kill` and `log` work in it even when the flow was cancelled.
   */
  export function defer(fn: () => void | Promise<void>): void;
  export interface FlowOptions {
    name?: string;
    description?: string;
    /** Like `tt run --timeout`, which wins. */
    timeout?: Duration;
  }
  /** Module form: `export default defineFlow({ args, async run({ args }) { … } })`, with typed arguments and `--help`. */
  export function defineFlow<const A extends ArgsSpec, R>(
    definition: FlowOptions & {
      args?: A;
      run(context: { args: { [K in keyof A]: ArgOf<A[K]> }; signal: AbortSignal }): R | Promise<R>;
    },
  ): Flow<{ [K in keyof A]: ArgOf<A[K]> }, R>;
  export interface Flow<A, R> {
    readonly definition: FlowOptions;
    readonly "~types"?: { args: A; result: R };
  }

  // -- the town ----------------------------------------------------------------------------------
  export type TownEvent =
    | {
        readonly type: "agent.spawned" | "agent.closed";
        readonly seq: string;
        readonly at: Date;
        readonly agent: string;
      }
    | {
        readonly type: "agent.state";
        readonly seq: string;
        readonly at: Date;
        readonly agent: string;
        readonly from: AgentState;
        readonly to: AgentState;
      }
    | {
        readonly type:
          | "task.assigned"
          | "task.started"
          | "task.completed"
          | "task.failed"
          | "task.cancelled";
        readonly seq: string;
        readonly at: Date;
        readonly agent: string;
        /** Its id. */
        readonly task: string;
        /** The first words of the task's text, its answer or why it failed. */
        readonly summary?: string;
      };
  export interface TownStatus {
    readonly agents: ReadonlyArray<{
      name: string;
      state: AgentState;
      inbox: number;
      urgent: number;
      task?: string;
    }>;
    readonly tasks: Record<TaskState, number>;
  }
  export const town: {
    readonly name: string;
    /** Absolute path. */
    readonly root: string;
    spawn: typeof spawn;
    assign: typeof assign;
    waitForIdle: typeof waitForIdle;
    /** By name, nickname, id or a unique start of an id; rejects with AGENT_NOT_FOUND. */
    agent(name: string): Promise<Agent>;
    /** In the order of their creation. */
    agents(filter?: { role?: Role; state?: AgentState }): Promise<Agent[]>;
    /** By id or a unique start of one; rejects with TASK_NOT_FOUND. */
    task(id: string): Promise<Task<string>>;
    tasks(filter?: { state?: TaskState; agent?: AgentRef; tag?: string }): Promise<Task<string>[]>;
    status(): Promise<TownStatus>;
    /** Live events; `since` (a `seq`) replays what was missed. Break or abort to stop; ends with the flow. */
    events(
      options?: {
        since?: string;
        agent?: AgentRef;
        type?: TownEvent["type"] | readonly TownEvent["type"][];
      } & Cancellable,
    ): AsyncIterableIterator<TownEvent>;
  };

  // -- errors ------------------------------------------------------------------------------------
  export type ErrorCode =
    | "AGENT_NOT_FOUND"
    | "AGENT_CONFLICT"
    | "AGENT_LIMIT"
    | "INBOX_FULL"
    | "AGENT_FAILED"
    | "AGENT_STOPPED"
    | "CLI_NOT_FOUND"
    | "TASK_NOT_FOUND"
    | "TASK_FAILED"
    | "TASK_CANCELLED"
    | "INVALID_ARGUMENT"
    | "TIMEOUT"
    | "ABORTED"
    | "TOWN_UNAVAILABLE"
    | "DEADLOCK"
    | "FLOW_FAILED";
  /** Match on `code`; `isTownError(error, "TASK_FAILED")` does. */
  export class TownError extends Error {
    private constructor();
    readonly code: ErrorCode;
    /** What `tt run` exits with when nobody catches it. */
    readonly exitCode: number;
    /** What to type or change next. */
    readonly hint?: string | undefined;
    /** The agent's name. */
    readonly agent?: string | undefined;
    readonly task?: Task<unknown> | undefined;
    /** `file:line` of the call that failed, or of the `assign` whose task failed. */
    readonly where?: string | undefined;
    /** When several tasks failed: all of them. */
    readonly errors?: readonly TownError[] | undefined;
  }
  export function isTownError(error: unknown, code?: ErrorCode): error is TownError;
}
