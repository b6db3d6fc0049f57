import type { Agent } from "../core/agent.ts";
import { TinytownError } from "../core/errors.ts";
import type { Town } from "../services/town.ts";
import type { AgentEnd, Owner, TakeResult, Work } from "../services/turns.ts";
import { control, end, finish, ownerOf, take } from "../services/turns.ts";
import { summarize } from "../util/sanitize.ts";
import { agentCli } from "./agent-cli.ts";
import type { HostLog } from "./host-log.ts";
import { runTurn, type TurnReport } from "./turn.ts";
import { turnPrompt } from "./turn-prompt.ts";

/** Looks again after this at the latest; timers of more than 24 days fire at once. */
const LONGEST_WAIT_MS = 3_600_000;

export interface RunnerOptions {
  readonly town: Town;
  readonly agent: Agent;
  readonly log: HostLog;
  /** Called once, when the agent has ended or belongs to someone else. */
  readonly onGone: () => void;
}

/** The loop of one agent: take, run its CLI, finish, until there is nothing left or it is to end. */
export class AgentRunner {
  readonly owner: Owner;
  readonly #options: RunnerOptions;
  #session: string | undefined;
  /** The turn under way; aborted to end it. */
  #turn: AbortController | undefined;
  /** Set while the loop runs; a wake-up meanwhile makes it look once more. */
  #loop: Promise<void> | undefined;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #gone = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.owner = ownerOf(options.agent);
    this.#session = options.agent.sessionId;
  }

  /** Something may be there for the agent: mail, or a wish about it. */
  wake(): void {
    if (this.#gone) return;
    if (this.#turn) void this.#guard(() => this.#checkTurn());
    this.#again = true;
    this.#loop ??= this.#guard(() => this.#run()).finally(() => {
      this.#loop = undefined;
      if (this.#again) this.wake(); // it came just as the loop had ended
    });
  }

  /** Ends a turn under way and gives its work back; resolves when all is written. */
  async stop(how: AgentEnd): Promise<void> {
    if (this.#gone) return this.#loop;
    this.#leave();
    await this.#loop;
    await this.#guard(async () => void (await end(this.#options.town, this.owner, how)));
    this.#options.onGone();
  }

  /** Another owner has the agent: its turn ends, nothing is written. */
  async fence(): Promise<void> {
    if (this.#gone) return;
    this.#options.log(`${this.#options.agent.name}: taken over by another host`);
    this.#leave();
    await this.#loop;
    this.#options.onGone();
  }

  /** Whoever calls this also calls `onGone`, as soon as the end has been written. */
  #leave(): void {
    this.#gone = true;
    clearTimeout(this.#timer);
    this.#turn?.abort();
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#gone) {
      this.#again = false;
      for (;;) {
        const turn = crypto.randomUUID();
        const taken = await take(this.#options.town, this.owner, turn);
        if (taken.kind !== "work") {
          await this.#rest(taken);
          break;
        }
        if (this.#gone) return; // whoever ends the agent gives the work back
        await this.#work(turn, taken.work);
        if (this.#gone) return;
      }
    }
  }

  async #rest(taken: Exclude<TakeResult, { kind: "work" }>): Promise<void> {
    clearTimeout(this.#timer);
    switch (taken.kind) {
      case "nothing":
      case "paused":
        return;
      case "wait":
        this.#timer = setTimeout(() => this.wake(), Math.min(taken.ms + 1, LONGEST_WAIT_MS));
        return;
      case "wanted":
        await this.#endAsWanted(taken.wanted);
    }
  }

  async #endAsWanted(wanted: string): Promise<void> {
    const state = wanted === "close" ? "cold" : "stopped";
    const by = wanted === "kill" || wanted === "stop" ? wanted : "";
    const ended = await end(this.#options.town, this.owner, { state, reason: "", by });
    if (this.#gone) return;
    if (!ended) {
      this.#again = true;
      return;
    }
    this.#leave();
    this.#options.onGone();
  }

  async #work(turn: string, work: Work): Promise<void> {
    const { town, agent, log } = this.#options;
    const controller = new AbortController();
    this.#turn = controller;
    // A wish that came while the work was being taken found no turn to end.
    if (this.#again) void this.#guard(() => this.#checkTurn());
    // A CLI that is missing or misconfigured throws: the agent ends in `error`, its work is kept.
    const result = await this.#runCli(turn, work, controller.signal).finally(() => {
      this.#turn = undefined;
    });
    if (result.sessionLost) this.#session = undefined;
    else this.#session = result.sessionId ?? this.#session;
    if (result.logProblem) log(`${agent.name}: its log is not complete: ${result.logProblem}`);
    await finish(town, { owner: this.owner, turn, work, result });
    log(
      `${agent.name}: turn ${work.round} ${result.outcome} in ${Math.round(result.durationMs)} ms`,
    );
  }

  async #runCli(turn: string, work: Work, signal: AbortSignal): Promise<TurnReport> {
    const { town, agent } = this.#options;
    const subject = work.task?.description ?? work.message.text;
    return runTurn(town, {
      agent,
      cli: agentCli(town, agent),
      turn,
      prompt: await turnPrompt(town, agent, work),
      heading: `turn ${work.round} · ${new Date().toISOString()} · ${summarize(subject, 60)}`,
      taskId: work.task?.id,
      sessionId: this.#session,
      timeoutMs: town.config.agent.turnTimeoutMs,
      signal,
    });
  }

  /** Ends the turn when someone wants the agent to stop, or has cancelled its task. */
  async #checkTurn(): Promise<void> {
    const { wanted, taskState } = await control(this.#options.town, this.owner);
    if (wanted === "kill" || wanted === "stop" || taskState === "cancelled") this.#turn?.abort();
  }

  /** A fenced call ends the runner quietly; anything else unexpected ends the agent in `error`. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.#fail(error);
    }
  }

  async #fail(error: unknown): Promise<void> {
    const { town, agent, log } = this.#options;
    const fenced = error instanceof TinytownError && error.code === "E_FENCED";
    const message = error instanceof Error ? error.message : String(error);
    log(
      `${agent.name}: ${fenced || !(error instanceof Error) ? message : (error.stack ?? message)}`,
    );
    if (this.#gone) return; // whoever ends it writes the end
    this.#leave();
    if (!fenced && !town.closed.aborted) {
      const how = { state: "error", reason: message, by: "" } as const;
      await end(town, this.owner, how).catch((cause) => log(`${agent.name}: ${String(cause)}`));
    }
    this.#options.onGone();
  }
}
