import { listAgents } from "../../services/agents.ts";
import { command } from "../command.ts";
import { renderAgentList } from "../render/agents.ts";

export const listCommand = command({
  name: "list",
  description: "List the agents of the town",
  examples: ["tt list", "tt list --json"],
  needs: "town",
  run: ({ town }) => listAgents(town),
  render: renderAgentList,
  quiet: (agents) => agents.map((agent) => agent.name).join("\n"),
});
