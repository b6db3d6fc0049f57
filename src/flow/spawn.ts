import { resolve } from "node:path";
import type { Agent as FlowAgent, SpawnOptions } from "tinytown";
import type { Agent } from "../core/agent.ts";
import { type SpawnInput, spawnAgent } from "../services/agents.ts";
import { lookupName } from "./agent-book.ts";
import { captureCallSite } from "./call-site.ts";
import type { FlowScope } from "./flow-scope.ts";
import { TownError } from "./town-error.ts";

/** See `spawn` in the flow API. */
export function spawn(
  scope: FlowScope,
  name: string,
  choice: string | SpawnOptions = {},
): Promise<FlowAgent> {
  const site = captureCallSite();
  const options = typeof choice === "string" ? { cli: choice } : choice;
  const { run, agents } = scope;
  const call = {
    name: `spawn("${name}")`,
    site,
    signal: options.signal,
    timeout: options.timeout,
    lasting: true,
  };
  return run.call(call, async () => {
    const { agent, action } = await spawnAgent(run.town, spawnInput(scope, name, options));
    const isOurs = agent.run === run.id || action !== "reused";
    if (!isOurs) assertReusable(agent, options);
    const known = agents.find(agent.id) !== undefined;
    const handle = agents.handle(agent, { reused: !isOurs });
    agents.join(agent.id);
    if (options.keep === true) agents.disown(agent.id);
    else if (isOurs) agents.own(agent.id);
    if (!known) {
      const where = run.where(site);
      const type = isOurs ? "agent.spawned" : "agent.adopted";
      run.emit({ type, agent: agent.name, cli: agent.cli, where });
    }
    return handle;
  });
}

function spawnInput(scope: FlowScope, name: string, options: SpawnOptions): SpawnInput {
  const { agents, run } = scope;
  return {
    name,
    cli: scope.cli ?? options.cli,
    // A model is one CLI's own; the CLI that stands in for it does not know it.
    model: scope.cli === undefined ? options.model : undefined,
    role: options.role,
    nickname: options.nickname,
    instructions: options.instructions,
    parent: options.parent === undefined ? undefined : lookupName(agents, options.parent),
    cwd: options.cwd === undefined ? undefined : resolve(run.cwd, options.cwd),
    env: options.env,
    run: run.id,
  };
}

function assertReusable(agent: Agent, options: SpawnOptions): void {
  if (options.ifExists !== "error") return;
  throw new TownError({
    code: "AGENT_CONFLICT",
    message: `Cannot spawn "${agent.name}": an agent of this name is ${agent.state}`,
    agent: agent.name,
    hint: `leave out ifExists: "error" to use it, or end it with tt kill ${agent.name}`,
  });
}
