import { type AgentId, asTaskId, type TaskId } from "../core/ids.ts";
import { isTerminalTaskState, type TaskState } from "../core/task.ts";
import type { CallSite } from "./call-site.ts";
import { TownError } from "./town-error.ts";

/** A task this flow gave. */
export interface GivenTask {
  readonly id: TaskId;
  readonly key: string;
  readonly description: string;
  readonly agentId: AgentId;
  readonly agentName: string;
  /** The call of `assign`. */
  readonly site: CallSite | undefined;
  /** By `performance.now()`. */
  readonly givenAt: number;
  state: TaskState;
  result: string | undefined;
  error: string | undefined;
  /** The flow's code has asked for its outcome: a failure is then the code's business. */
  observed: boolean;
}

/** The tasks of one run and the keys that identify them in it. */
export class TaskBook {
  readonly #byId = new Map<TaskId, GivenTask>();
  readonly #repeats = new Map<string, number>();
  readonly #texts = new Map<string, string>();

  /** `key`, then `key#2` … for the same again, in program order. */
  nextKey(key: string): string {
    const count = (this.#repeats.get(key) ?? 0) + 1;
    this.#repeats.set(key, count);
    return count === 1 ? key : `${key}#${count}`;
  }

  /** A key the flow's code chose names one task; a second task of that name is a mistake. */
  claimKey(key: string, text: string): string {
    const known = this.#texts.get(key);
    if (known !== undefined && known !== text) {
      throw new TownError({
        code: "INVALID_ARGUMENT",
        message: `Cannot assign under key "${key}": another task of this run has it`,
        hint: "a key stands for one task; leave it out to get one from agent and text",
      });
    }
    this.#texts.set(key, text);
    return key;
  }

  add(task: GivenTask): GivenTask {
    const known = this.#byId.get(task.id);
    if (known !== undefined) {
      known.observed ||= task.observed;
      return known;
    }
    this.#byId.set(task.id, task);
    return task;
  }

  find(id: string): GivenTask | undefined {
    return this.#byId.get(asTaskId(id));
  }

  of(agents: ReadonlySet<AgentId>): GivenTask[] {
    return [...this.#byId.values()].filter((task) => agents.has(task.agentId));
  }

  open(): GivenTask[] {
    return [...this.#byId.values()].filter((task) => !isTerminalTaskState(task.state));
  }

  /** Ended badly, and the flow's code has not asked. */
  unobservedFailures(): GivenTask[] {
    return [...this.#byId.values()].filter(
      (task) => !task.observed && (task.state === "failed" || task.state === "cancelled"),
    );
  }
}

/** Identity of an assignment when the flow's code gives none. */
export function assignmentKey(agent: string, text: string, context: readonly string[]): string {
  const hash = new Bun.CryptoHasher("sha256").update(JSON.stringify([text, ...context]));
  return `assign:${agent}:${hash.digest("hex").slice(0, 12)}`;
}
