import type { AgentId, TaskId } from "./ids.ts";

/**
 * starting: registered, no host has taken it over yet · idle · working: a turn is under way ·
 * paused · draining: finishing, refuses new work · cold: drained · stopped: ended by kill or stop ·
 * error: cannot run (see `error`).
 */
export const AGENT_STATES = [
  "starting",
  "idle",
  "working",
  "paused",
  "draining",
  "cold",
  "error",
  "stopped",
] as const;
export type AgentState = (typeof AGENT_STATES)[number];

/** How an agent decides that a task is complete; see `core/turn.ts`. */
export type CompletionRule = "turn" | "explicit";

export interface Agent {
  readonly id: AgentId;
  readonly name: string;
  readonly nickname: string | undefined;
  readonly role: string | undefined;
  readonly parentId: AgentId | undefined;
  readonly state: AgentState;
  /** Name of a CLI (preset, `[agent_clis]` entry) as configured. */
  readonly cli: string;
  /** What runs instead of `cli` (`TT_CLI` of whoever spawned it). */
  readonly cliOverride: string | undefined;
  readonly model: string | undefined;
  readonly instructions: string | undefined;
  /** Directory the CLI runs in; absolute. */
  readonly cwd: string | undefined;
  /** Names of the variables it was given; their values are for its turns only. */
  readonly envNames: readonly string[];
  /** Turns after which the agent drains; undefined is without limit. */
  readonly maxRounds: number | undefined;
  readonly currentTask: TaskId | undefined;
  /** The host (machine and town directory) whose process runs it. */
  readonly hostId: string | undefined;
  /** Ownership fence: grows with each adoption; calls with an older one are refused. */
  readonly epoch: number;
  /** The run that created it, if a flow did. */
  readonly run: string | undefined;
  readonly createdAt: Date;
  readonly lastHeartbeat: Date | undefined;
  readonly lastActiveAt: Date | undefined;
  readonly tasksCompleted: number;
  readonly roundsCompleted: number;
  /** The CLI conversation its next turn goes on with. */
  readonly sessionId: string | undefined;
  /** Why it is in state `error` or `stopped`. */
  readonly reason: string | undefined;
}

/** In these states no turn will start again without `tt spawn` or `tt start`. */
export function isTerminalAgentState(state: AgentState): boolean {
  return state === "stopped" || state === "error" || state === "cold";
}
