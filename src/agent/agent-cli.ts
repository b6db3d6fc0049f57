import type { Agent } from "../core/agent.ts";
import { TinytownError } from "../core/errors.ts";
import type { Town } from "../services/town.ts";
import type { AgentCli } from "./clis/agent-cli.ts";
import { resolveCli } from "./clis/registry.ts";

/** The CLI that runs an agent's turns. @throws ConfigError, UsageError */
export function agentCli(town: Town, agent: Agent): AgentCli {
  const override = agent.cliOverride ?? town.env.cliOverride;
  return resolveCli(agent.cli, town.config.agentClis, override === undefined ? {} : { override });
}

/** Why an agent's turns could not start on this machine; undefined when nothing speaks against it. */
export function cliProblem(town: Town, agent: Agent): string | undefined {
  try {
    const { executable } = agentCli(town, agent);
    if (Bun.which(executable, { PATH: town.env.all.PATH ?? "" })) return undefined;
    return `"${executable}" is not on PATH: agent "${agent.name}" cannot work until it is installed`;
  } catch (error) {
    if (error instanceof TinytownError) return error.message;
    throw error;
  }
}
