import { cliProblem } from "../../agent/agent-cli.ts";
import { spawnAgent } from "../../services/agents.ts";
import { command } from "../command.ts";
import { runInForeground } from "../foreground.ts";
import { parseAssignments } from "../parse-assignments.ts";
import { renderSpawnItem } from "../render/spawn.ts";

export const spawnCommand = command({
  name: "spawn",
  description: "Add an agent to the town and start it",
  details:
    "An agent of that name that has ended is started again with its mail and tasks; one that is\n" +
    "there already stays as it is.",
  examples: [
    "tt spawn dev",
    "tt spawn tester --cli codex --role tester",
    "tt spawn reviewer --cli claude --model opus",
    "tt spawn once --foreground --max-rounds 1",
  ],
  needs: "town",
  longLived: (args) => args.foreground,
  interruptible: (args) => args.foreground,
  args: {
    name: { type: "positional", description: "Letters, digits, '.', '_' and '-'" },
    cli: {
      type: "string",
      alias: "c",
      hint: "CLI",
      description: "claude, codex, ..., sim, or an [agent_clis] entry; default: default_cli",
    },
    model: { type: "string", hint: "MODEL", description: "The CLI's model, or the name of a CLI" },
    role: { type: "string", hint: "ROLE", description: "What the agent is for" },
    nickname: { type: "string", hint: "NAME", description: "A second name for it" },
    parent: { type: "string", hint: "AGENT", description: "The agent it belongs to" },
    "max-rounds": { type: "number", hint: "N", min: 1, description: "Turns until it ends" },
    cwd: { type: "string", hint: "DIR", description: "Where its CLI runs; default the town" },
    env: { type: "list", hint: "K=V", description: "Variable for its CLI" },
    foreground: { type: "boolean", description: "Show its output until it ends; Ctrl-C ends it" },
  },
  run: ({ args: { foreground, env, "max-rounds": maxRounds, ...args }, town, signal, notify }) => {
    const input = {
      ...args,
      maxRounds,
      env: env.length === 0 ? undefined : parseAssignments(env),
    };
    const spawned = spawnAgent(town, input).then(async (result) => {
      const problem = cliProblem(town, result.agent);
      if (problem !== undefined) await notify(`warning: ${problem}`);
      return result;
    });
    return foreground ? runInForeground(town, spawned, signal) : spawned;
  },
  render: renderSpawnItem,
  quiet: (item) => ("agent" in item ? item.agent.id : ""),
});
