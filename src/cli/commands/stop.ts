import { stopTown } from "../../services/stop-town.ts";
import { command } from "../command.ts";
import { renderStopped } from "../render/town.ts";

export const stopCommand = command({
  name: "stop",
  description: "Stop all agents and the host",
  details: "Tasks and messages stay; `tt start` or `tt spawn` goes on with them.",
  examples: ["tt stop", "tt stop --all"],
  needs: "town",
  args: {
    all: { type: "boolean", description: "The town's own Redis server as well" },
  },
  run: ({ args, town, signal }) => stopTown(town, { server: args.all, signal }),
  render: renderStopped,
  quiet: () => "",
});
