/** Something that happened in a town, as its event stream keeps it. */
export interface TownEvent {
  /** Position in the stream; later events sort after it. */
  readonly id: string;
  readonly at: Date;
  /** `agent_spawned`, `agent_state_changed`, `task_assigned`, `task_completed`, … */
  readonly type: string;
  readonly message: string;
  readonly agentId: string | undefined;
  readonly taskId: string | undefined;
  readonly messageId: string | undefined;
  readonly oldState: string | undefined;
  readonly newState: string | undefined;
  readonly outcome: string | undefined;
}
