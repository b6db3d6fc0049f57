import type { Agent } from "../core/agent.ts";
import { getAgent, killAgent, type SpawnResult } from "../services/agents.ts";
import { readLog } from "../services/logs.ts";
import type { Town } from "../services/town.ts";
import { waitForEnd } from "../services/wait-for-end.ts";

/** What `tt spawn --foreground` prints: the agent, its output, and how it ended. */
export type ForegroundItem = SpawnResult | { readonly output: string } | { readonly ended: Agent };

/** Shows an agent's output until it ends; the signal, or nobody reading any more, ends the agent. */
export async function* runInForeground(
  town: Town,
  spawned: Promise<SpawnResult>,
  signal: AbortSignal,
): AsyncGenerator<ForegroundItem> {
  const result = await spawned;
  const { id, name } = result.agent;
  const leaving = new AbortController();
  const gone = new AbortController();
  const waiting = AbortSignal.any([signal, leaving.signal]);
  const end = waitForEnd(town, { id, agent: name, signal: waiting })
    .then(
      () => true,
      (error: unknown) => (waiting.aborted ? false : Promise.reject(error)),
    )
    .finally(() => gone.abort());
  end.catch(() => {}); // awaited below, unless reading the log fails first
  try {
    yield result;
    const lines = readLog(town, { agent: id, follow: true, lines: 0, signal: gone.signal });
    for await (const output of lines) yield { output };
    if (await end) yield { ended: await getAgent(town, id) };
  } finally {
    leaving.abort();
    if (!(await end.catch(() => false))) {
      await killAgent(town, { agent: id, reason: "interrupted in the foreground" });
    }
  }
}
