import type { AgentId, TaskId } from "./ids.ts";

export const TASK_STATES = [
  "pending",
  "assigned",
  "running",
  "completed",
  "failed",
  "cancelled",
] as const;
export type TaskState = (typeof TASK_STATES)[number];

export interface Task {
  readonly id: TaskId;
  readonly description: string;
  readonly state: TaskState;
  readonly assignedTo: AgentId | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startedAt: Date | undefined;
  readonly completedAt: Date | undefined;
  /** What the agent answered. */
  readonly result: string | undefined;
  /** Why it failed or was cancelled. */
  readonly error: string | undefined;
  readonly outcome: string | undefined;
  /** Why its latest turn did not settle it. */
  readonly lastFailure: string | undefined;
  readonly tags: readonly string[];
  /** Tasks (by id) and files whose content goes into the prompt. */
  readonly context: readonly string[];
  readonly parentId: TaskId | undefined;
  /** Turns started for it. */
  readonly attempts: number;
  /** Identity inside a flow run. */
  readonly run: string | undefined;
  readonly key: string | undefined;
}

export function isTerminalTaskState(state: TaskState): boolean {
  return state === "completed" || state === "failed" || state === "cancelled";
}

/** Every legal move; the Lua scripts enforce the same table. */
export const TASK_TRANSITIONS: Readonly<Record<TaskState, readonly TaskState[]>> = {
  pending: ["assigned", "cancelled"],
  assigned: ["running", "completed", "failed", "cancelled", "pending"],
  running: ["assigned", "completed", "failed", "cancelled", "pending"],
  completed: [],
  failed: [],
  cancelled: [],
};
