import { command } from "../command.ts";
import { renderStatus } from "../render/status.ts";
import { readStatus, watchStatus } from "../status-frames.ts";

export const statusCommand = command({
  name: "status",
  description: "Show the town: host, agents, queues, what is being worked on, task totals",
  details: "Queues: T tasks, Q queries, I information, C acknowledgements.",
  examples: ["tt status", "tt status --deep", "tt status --tasks", "tt status --watch"],
  needs: "town",
  longLived: (args) => args.watch,
  args: {
    deep: { type: "boolean", description: "Add rounds, uptime, last events and last output" },
    tasks: { type: "boolean", description: "Add the tasks of each agent" },
    watch: { type: "boolean", alias: "w", description: "Show it again whenever something happens" },
  },
  run: ({ args: { deep, watch }, town, signal }) =>
    watch ? watchStatus(town, { deep, signal }) : readStatus(town, deep),
  render: renderStatus,
});
