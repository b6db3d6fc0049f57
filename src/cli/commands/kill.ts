import { killAgent } from "../../services/agents.ts";
import { command } from "../command.ts";
import { renderAgentEnd } from "../render/agents.ts";

export const killCommand = command({
  name: "kill",
  description: "End an agent and the turn it is in",
  details: "Its unfinished task stays assigned and goes on when it is spawned again.",
  examples: ["tt kill dev", 'tt kill dev --reason "wrong branch"'],
  needs: "town",
  args: {
    agent: { type: "positional", description: "Name, nickname, id or unique start of an id" },
    reason: { type: "string", hint: "TEXT", description: "Kept with the agent" },
  },
  run: ({ args, town, signal }) =>
    killAgent(town, {
      agent: args.agent,
      signal,
      reason: args.reason,
    }),
  render: renderAgentEnd,
  quiet: () => "",
});
