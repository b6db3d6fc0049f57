import type { TownEvent as FlowTownEvent } from "tinytown";
import { AGENT_STATES, type AgentState } from "../core/agent.ts";
import type { TownEvent } from "../core/event.ts";
import { asAgentId } from "../core/ids.ts";
import { getAgent } from "../services/agents.ts";
import { followEvents } from "../services/events.ts";
import { lookupName } from "./agent-book.ts";
import { captureCallSite } from "./call-site.ts";
import type { FlowScope } from "./flow-scope.ts";
import { flowStream } from "./flow-stream.ts";

type EventsOptions = NonNullable<Parameters<typeof import("tinytown")["town"]["events"]>[0]>;

const TYPES: Readonly<Record<string, FlowTownEvent["type"]>> = {
  agent_spawned: "agent.spawned",
  agent_stopped: "agent.closed",
  agent_state_changed: "agent.state",
  task_assigned: "task.assigned",
  task_started: "task.started",
  task_completed: "task.completed",
  task_failed: "task.failed",
  task_cancelled: "task.cancelled",
};

/** See `town.events` in the flow API. */
export function townEvents(
  scope: FlowScope,
  options: EventsOptions = {},
): AsyncIterableIterator<FlowTownEvent> {
  const { signal, timeout } = options;
  const call = { name: "town.events()", site: captureCallSite(), signal, timeout };
  return flowStream(scope.run, call, (stop) => selected(scope, options, stop));
}

async function* selected(
  scope: FlowScope,
  options: EventsOptions,
  signal: AbortSignal,
): AsyncGenerator<FlowTownEvent> {
  const { agent, since, type } = options;
  const { town } = scope.run;
  const only = agent && (await getAgent(town, lookupName(scope.agents, agent))).name;
  const wanted = type === undefined || typeof type === "string" ? type && [type] : type;
  for await (const event of followEvents(town, { since, signal })) {
    const known = await translate(scope, event);
    if (known === undefined) continue;
    if (wanted !== undefined && !wanted.includes(known.type)) continue;
    if (only === undefined || known.agent === only) yield known;
  }
}

async function translate(scope: FlowScope, event: TownEvent): Promise<FlowTownEvent | undefined> {
  const type = TYPES[event.type];
  if (type === undefined) return undefined;
  const about = { seq: event.id, at: event.at, agent: await agentName(scope, event.agentId) };
  switch (type) {
    case "agent.spawned":
    case "agent.closed":
      return { type, ...about };
    case "agent.state":
      return { type, ...about, from: state(event.oldState), to: state(event.newState) };
    case "task.assigned":
    case "task.started":
    case "task.completed":
    case "task.failed":
    case "task.cancelled":
      return { type, ...about, task: event.taskId ?? "", summary: event.message };
  }
}

async function agentName(scope: FlowScope, id: string | undefined): Promise<string> {
  if (id === undefined) return "nobody";
  const known = scope.agents.byId(asAgentId(id));
  if (known !== undefined) return known.name;
  try {
    return scope.agents.handle(await getAgent(scope.run.town, id)).name;
  } catch {
    return id; // removed since
  }
}

function state(text: string | undefined): AgentState {
  return AGENT_STATES.find((known) => known === text) ?? "stopped";
}
