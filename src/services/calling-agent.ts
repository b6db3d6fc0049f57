import type { Town } from "./town.ts";

/** The agent whose CLI runs this command, by the environment the host gave it. */
export function callingAgent({ env }: Pick<Town, "env">): string | undefined {
  return env.agentId ?? env.agentName;
}
