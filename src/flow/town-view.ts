import type { TownStatus } from "tinytown";
import { getAgent, listAgents } from "../services/agents.ts";
import { getStatus } from "../services/status.ts";
import { getTask, listTasks } from "../services/tasks.ts";
import { lookupName } from "./agent-book.ts";
import { captureCallSite } from "./call-site.ts";
import type { FlowApi } from "./flow-api.ts";
import type { FlowScope } from "./flow-scope.ts";
import { foundTask } from "./task-handle.ts";
import { townEvents } from "./town-events.ts";

/** The object `town` of the flow API. */
export function townView(
  scope: FlowScope,
  basics: Pick<FlowApi["town"], "spawn" | "assign" | "waitForIdle">,
): FlowApi["town"] {
  const { run, agents } = scope;
  const call = <T>(name: string, work: () => Promise<T>): Promise<T> =>
    run.call({ name: `town.${name}()`, site: captureCallSite() }, work);
  return {
    name: run.town.name,
    root: run.town.root,
    ...basics,
    agent: (name) => call("agent", async () => agents.handle(await getAgent(run.town, name))),
    agents: (filter = {}) =>
      call("agents", async () => {
        const { role, state } = filter;
        const all = await listAgents(run.town);
        return all
          .filter((agent) => role === undefined || agent.role === role)
          .filter((agent) => state === undefined || agent.state === state)
          .map((agent) => agents.handle(agent));
      }),
    task: (id) => call("task", async () => foundTask(scope, await getTask(run.town, id))),
    tasks: (filter = {}) =>
      call("tasks", async () => {
        const agent = filter.agent && lookupName(agents, filter.agent);
        const views = await listTasks(run.town, { ...filter, agent });
        for (const one of await listAgents(run.town)) agents.handle(one);
        return views.map((view) => foundTask(scope, view));
      }),
    status: () => call("status", () => status(scope)),
    events: (options) => townEvents(scope, options),
  };
}

async function status({ run }: FlowScope): Promise<TownStatus> {
  const { agents, totals } = await getStatus(run.town);
  const { total: _total, ...tasks } = totals;
  return {
    agents: agents.map(({ name, state, inbox, urgent, currentTaskDescription: task }) => ({
      name,
      state,
      inbox,
      urgent,
      ...(task === undefined ? {} : { task }),
    })),
    tasks,
  };
}
