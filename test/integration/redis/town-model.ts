import type { AgentState } from "../../../src/core/agent.ts";
import type { TaskState } from "../../../src/core/task.ts";

export interface ModelMessage {
  readonly id: string;
  readonly kind: "task" | "query" | "info" | "ack";
  readonly urgent: boolean;
  /** Set for assignments. */
  readonly task: ModelTask | undefined;
}

export interface ModelTask {
  readonly id: string;
  readonly agent: ModelAgent;
  state: TaskState;
  attempts: number;
}

export interface ModelAgent {
  readonly id: string;
  readonly name: string;
  state: AgentState;
  epoch: number;
  urgent: ModelMessage[];
  inbox: ModelMessage[];
  notes: ModelMessage[];
  /** The work in its turn, and the notes that went along. */
  taken: { readonly work: ModelMessage; readonly notes: readonly ModelMessage[] } | undefined;
  turn: string | undefined;
  wanted: "kill" | "stop" | "close" | undefined;
  /** Ended by `tt stop`. */
  revivable: boolean;
  dead: number;
}

export const MAX_ATTEMPTS = 3;

export function isOpen(task: ModelTask): boolean {
  return task.state === "assigned" || task.state === "running";
}

export function hasEnded(agent: ModelAgent): boolean {
  return agent.state === "stopped" || agent.state === "cold" || agent.state === "error";
}

/**
 * What the scripts must do, written down once more in the plainest way: one step after the other on
 * arrays. It does not decide what is refused; the test asks `hasEnded` and the like first.
 */
export class TownModel {
  readonly agents: ModelAgent[] = [];
  readonly tasks: ModelTask[] = [];
  readonly #attempts = new Map<string, number>();

  spawn(id: string, name: string): void {
    const known = this.agents.find((agent) => agent.name === name);
    if (known === undefined) {
      this.agents.push({
        ...{ id, name, state: "starting", epoch: 0, urgent: [], inbox: [], notes: [] },
        ...{ taken: undefined, turn: undefined, wanted: undefined, revivable: false, dead: 0 },
      });
    } else if (hasEnded(known)) {
      known.state = "starting";
      known.epoch += 1;
      known.wanted = undefined;
      known.revivable = false;
    }
  }

  assign(id: string, messageId: string, agent: ModelAgent, urgent: boolean): void {
    const task: ModelTask = { id, agent, state: "assigned", attempts: 0 };
    this.tasks.push(task);
    agent[urgent ? "urgent" : "inbox"].push({ id: messageId, kind: "task", urgent, task });
  }

  send(id: string, agent: ModelAgent, kind: ModelMessage["kind"], urgent: boolean): void {
    const note = !urgent && (kind === "info" || kind === "ack");
    agent[note ? "notes" : urgent ? "urgent" : "inbox"].push({ id, kind, urgent, task: undefined });
  }

  /** @returns the message the turn is about */
  take(agent: ModelAgent, turn: string): ModelMessage | undefined {
    if (agent.taken && agent.turn === turn) return agent.taken.work;
    if (agent.wanted !== undefined) return undefined;
    this.#giveBack(agent);
    if (agent.state === "working") agent.state = "idle";
    const stale = (message: ModelMessage) => message.task !== undefined && !isOpen(message.task);
    while (agent.urgent[0] && stale(agent.urgent[0])) agent.urgent.shift();
    if (agent.urgent.length === 0) {
      while (agent.inbox[0] && stale(agent.inbox[0])) agent.inbox.shift();
    }
    const work = agent.urgent.shift() ?? agent.inbox.shift();
    if (work === undefined) {
      if (agent.state === "draining") agent.wanted = "close";
      return undefined;
    }
    agent.taken = { work, notes: agent.notes };
    agent.notes = [];
    agent.turn = turn;
    this.#count(work, 1);
    if (work.task) work.task.state = "running";
    if (agent.state !== "draining") agent.state = "working";
    return work;
  }

  finish(agent: ModelAgent, action: "complete" | "retry" | "fail", counts: boolean): void {
    const { taken } = agent;
    if (taken === undefined) return;
    const { work } = taken;
    const undecided = work.task === undefined || isOpen(work.task);
    if (action === "retry" && undecided) {
      this.#giveBack(agent);
      if (!counts) this.#count(work, -1);
    } else {
      agent.taken = undefined;
      if (action === "retry") agent.notes = [...taken.notes, ...agent.notes];
      if (work.task && undecided) work.task.state = action === "complete" ? "completed" : "failed";
      if (!work.task) this.#attempts.delete(work.id);
      if (action === "fail" && undecided) agent.dead += 1;
    }
    agent.turn = undefined;
    if (agent.state === "draining" && !this.isBusy(agent)) agent.wanted ??= "close";
    if (agent.state === "working") agent.state = "idle";
  }

  /** The host died, or a new one came: the next owner takes over. */
  adopt(agent: ModelAgent, revive: boolean): void {
    if (hasEnded(agent) && !(agent.revivable && revive)) return;
    if (hasEnded(agent)) agent.wanted = undefined;
    agent.revivable = false;
    agent.epoch += 1;
    const work = this.#giveBack(agent);
    if (work && this.attemptsOf(work) >= MAX_ATTEMPTS && (!work.task || isOpen(work.task))) {
      agent[work.urgent ? "urgent" : "inbox"].shift();
      agent.dead += 1;
      if (work.task) work.task.state = "failed";
      else this.#attempts.delete(work.id);
    }
    if (agent.state === "draining" && !this.isBusy(agent)) agent.wanted ??= "close";
    if (agent.state !== "draining") agent.state = "idle";
  }

  end(agent: ModelAgent, state: "stopped" | "cold" | "error", by: "stop" | ""): void {
    if (hasEnded(agent) || agent.state === "starting") return;
    if (state === "cold" && this.isBusy(agent)) {
      agent.wanted = undefined;
      return;
    }
    const work = this.#giveBack(agent);
    if (work) this.#count(work, -1);
    agent.wanted = undefined;
    agent.state = state;
    agent.revivable = state === "stopped" && by === "stop";
  }

  requestEnd(agent: ModelAgent, how: "kill" | "stop" | "close"): void {
    if (hasEnded(agent)) return;
    if (how !== "close") {
      if (agent.wanted !== "kill") agent.wanted = how;
      return;
    }
    const working = agent.state === "working";
    agent.state = "draining";
    if (!working && !this.isBusy(agent)) agent.wanted ??= "close";
  }

  isBusy(agent: ModelAgent): boolean {
    return (
      agent.urgent.length + agent.inbox.length > 0 ||
      agent.taken !== undefined ||
      this.openTasks(agent) > 0
    );
  }

  openTasks(agent: ModelAgent): number {
    return this.tasks.filter((task) => task.agent === agent && isOpen(task)).length;
  }

  attemptsOf(message: ModelMessage): number {
    return message.task?.attempts ?? this.#attempts.get(message.id) ?? 0;
  }

  #count(message: ModelMessage, by: number): void {
    if (message.task) message.task.attempts += by;
    else this.#attempts.set(message.id, this.attemptsOf(message) + by);
  }

  #giveBack(agent: ModelAgent): ModelMessage | undefined {
    const { taken } = agent;
    if (taken === undefined) return undefined;
    agent.taken = undefined;
    agent.turn = undefined;
    agent.notes = [...taken.notes, ...agent.notes];
    agent[taken.work.urgent ? "urgent" : "inbox"].unshift(taken.work);
    if (taken.work.task?.state === "running") taken.work.task.state = "assigned";
    return taken.work;
  }
}
