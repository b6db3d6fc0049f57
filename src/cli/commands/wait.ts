import { waitForIdle, waitingText } from "../../services/wait-for-idle.ts";
import { command } from "../command.ts";

export const waitCommand = command({
  name: "wait",
  description: "Wait until agents are idle and have nothing left to do",
  details: "Ends with 124 at the time-out, with 4 when one of them stopped or failed.",
  examples: ["tt wait", "tt wait dev tester --timeout 10m"],
  needs: "town",
  longLived: true,
  args: {
    agents: { type: "positional", rest: true, description: "Default: all agents of the town" },
    timeout: { type: "duration", description: "Give up after 90s, 10m, 1h30m, ...; default never" },
  },
  run: ({ args, town, signal, notify }) =>
    waitForIdle(town, {
      agents: args.agents,
      timeoutMs: args.timeout,
      signal,
      onProgress: (waiting) => void notify(`waiting: ${waiting.map(waitingText).join("; ")}`),
    }),
  render: ({ agents }) =>
    agents.length === 0 ? "There are no agents." : `Idle: ${agents.map((a) => a.name).join(", ")}`,
  quiet: () => "",
});
