import { lastLogLines } from "../services/logs.ts";
import { getStatus } from "../services/status.ts";
import type { Town } from "../services/town.ts";
import type { StatusFrame } from "./render/status.ts";

const OUTPUT_LINES = 5;

export async function readStatus(town: Town, deep: boolean): Promise<StatusFrame> {
  const status = { ...(await getStatus(town, { deep })), at: new Date() };
  if (!deep) return status;
  const names = status.agents.map((agent) => agent.name);
  const lines = await Promise.all(names.map((name) => lastLogLines(town, name, OUTPUT_LINES)));
  const lastOutput = Object.fromEntries(names.map((name, i) => [name, lines[i] ?? []]));
  return { ...status, lastOutput };
}

/** One frame now and one after every event that changes what is shown; ends by the signal. */
export async function* watchStatus(
  town: Town,
  options: { readonly deep: boolean; readonly signal: AbortSignal },
): AsyncGenerator<StatusFrame> {
  using events = await town.feed.subscribe();
  for (let shown = ""; ; await events.next(options.signal)) {
    const frame = await readStatus(town, options.deep);
    const content = JSON.stringify({ ...frame, at: undefined });
    if (content !== shown) yield frame;
    shown = content;
  }
}
