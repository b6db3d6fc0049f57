import type { TypeProblem } from "./type-check.ts";

/** Why a flow ended; scripts that read `--json` match on it. */
export type FlowReason =
  | "ok"
  | "flow_failed"
  | "usage"
  | "check_failed"
  | "task_failed"
  | "town_unavailable"
  | "deadlock"
  | "internal"
  | "timeout"
  | "interrupted"
  | "terminated";

/** An error as people and scripts get it. */
export interface FlowFailure {
  /** Of a TownError; a flow's own errors have none. */
  readonly code?: string | undefined;
  readonly message: string;
  /** `file:line:column` in the flow's code, relative to the directory of the caller. */
  readonly where?: string | undefined;
  readonly codeFrame?: string | undefined;
  readonly agent?: string | undefined;
  readonly task?: { readonly id: string; readonly description: string } | undefined;
  /** The agent's last lines; untrusted text. */
  readonly output?: readonly string[] | undefined;
  readonly hint?: string | undefined;
  /** Of the flow's own errors: the user's frames. Of a bug in tt: everything. */
  readonly stack?: string | undefined;
}

export interface WaitingFor {
  readonly agent: string;
  readonly state: string;
  readonly inbox: number;
  readonly task?: string | undefined;
  /** Milliseconds. */
  readonly for: number;
}

interface TaskNotice {
  readonly task: string;
  readonly key: string;
  readonly agent: string;
  readonly description: string;
  readonly where?: string | undefined;
  /** Of `task.failed` and `task.cancelled`. */
  readonly detail?: string | undefined;
  /** Of an ended task: milliseconds since it was given. */
  readonly ms?: number | undefined;
}

export type FlowEventBody =
  | {
      readonly type: "flow.started";
      readonly name: string;
      readonly file: string;
      readonly town: string;
      readonly ephemeral: boolean;
    }
  | {
      readonly type: "flow.log";
      readonly level: "debug" | "info" | "warn" | "error";
      readonly text: string;
      readonly fields?: Readonly<Record<string, unknown>> | undefined;
    }
  | { readonly type: "flow.stdout"; readonly text: string }
  | {
      readonly type: "flow.waiting";
      readonly waiting: readonly WaitingFor[];
      readonly where?: string | undefined;
    }
  | { readonly type: "flow.open-tasks"; readonly tasks: readonly TaskNotice[] }
  | {
      readonly type: "flow.finished";
      readonly reason: FlowReason;
      readonly exitCode: number;
      readonly result?: unknown;
      readonly failure?: FlowFailure | undefined;
      /** Errors that came after the one that ended the flow. */
      readonly suppressed?: readonly FlowFailure[] | undefined;
      readonly problems?: readonly TypeProblem[] | undefined;
    }
  | {
      readonly type: "agent.spawned" | "agent.adopted";
      readonly agent: string;
      readonly cli: string;
      readonly where?: string | undefined;
    }
  | {
      readonly type: "agent.state";
      readonly agent: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly type: "agent.closed"; readonly agent: string; readonly killed: boolean }
  | (TaskNotice & { readonly type: "task.assigned" | "task.found" })
  | (TaskNotice & {
      readonly type: "task.started" | "task.completed" | "task.failed" | "task.cancelled";
    })
  | {
      readonly type: "message.sent";
      readonly message: string;
      readonly to: string;
      readonly kind: string;
      readonly urgent: boolean;
      readonly where?: string | undefined;
    };

/** One line of `tt run --json`. */
export type FlowEvent = FlowEventBody & {
  /** Version of the format; grows when a field changes its meaning. */
  readonly v: 1;
  readonly at: Date;
  /** Milliseconds since the run began. */
  readonly t: number;
  readonly run: string;
};

export type EmitFlowEvent = (event: FlowEventBody) => void;
