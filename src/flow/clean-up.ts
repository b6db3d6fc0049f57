import { type Agent, isTerminalAgentState } from "../core/agent.ts";
import { closeAgent, getAgent, killAgent } from "../services/agents.ts";
import type { FlowScope } from "./flow-scope.ts";
import { within } from "./within.ts";

/** For an agent that was told to stop at once: its turn gets a row of ever harder signals. */
const KILL_MS = 3_000;

export type Deferred = () => void | Promise<void>;

/** The functions given to `defer`. */
export class DeferStack {
  readonly #stack: Deferred[] = [];

  push(fn: Deferred): void {
    this.#stack.push(fn);
  }

  /**
   * Runs them, the last registered first, each when the one before has settled; those added
   * meanwhile too. What is not done within the budget is left behind.
   */
  async run(options: DeferOptions): Promise<void> {
    const { budgetMs, onError } = options;
    const spent = new AbortController();
    const timer = setTimeout(() => spent.abort(), budgetMs);
    try {
      for (let fn = this.#stack.pop(); fn !== undefined; fn = this.#stack.pop()) {
        await runOne(fn, { ...options, spent: spent.signal });
        if (spent.signal.aborted) return onError(tooLate(this.#stack.length + 1, budgetMs));
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

export interface DeferOptions {
  /** For all together. */
  readonly budgetMs: number;
  /** Runs a function as the flow's code. */
  readonly call: (fn: Deferred) => void | Promise<void>;
  readonly onError: (error: unknown) => void;
}

async function runOne(
  fn: Deferred,
  { call, onError, spent }: DeferOptions & { readonly spent: AbortSignal },
): Promise<void> {
  const late = Promise.withResolvers<void>();
  const giveUp = (): void => late.resolve();
  spent.addEventListener("abort", giveUp, { once: true });
  try {
    await Promise.race([(async () => call(fn))(), late.promise]);
  } catch (error) {
    onError(error);
  } finally {
    spent.removeEventListener("abort", giveUp);
  }
}

function tooLate(count: number, budgetMs: number): Error {
  return new Error(`defer: ${count} not finished within ${budgetMs / 1_000} s`);
}

/** Lets the agents this flow created finish, and ends those that do not in time. */
export async function closeOwnAgents(scope: FlowScope, graceMs: number): Promise<void> {
  const closing = scope.agents.owned().map((agent) => closeOrKill(scope, agent, graceMs));
  await within(graceMs + KILL_MS, Promise.all(closing));
}

async function closeOrKill({ run }: FlowScope, agent: Agent, graceMs: number): Promise<void> {
  const done = (killed: boolean): void =>
    run.emit({ type: "agent.closed", agent: agent.name, killed });
  try {
    const { state } = await getAgent(run.town, agent.id);
    if (isTerminalAgentState(state)) return;
    await closeAgent(run.town, { agent: agent.id, timeoutMs: graceMs });
    done(false);
  } catch {
    // Not drained in time, or the town is gone; the second the kill will find out, too.
    try {
      await killAgent(run.town, { agent: agent.id, reason: "the flow ended", timeoutMs: KILL_MS });
      done(true);
    } catch (error) {
      const text = `agent "${agent.name}" could not be ended: ${String(error)}`;
      run.emit({ type: "flow.log", level: "warn", text });
    }
  }
}
