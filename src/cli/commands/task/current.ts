import { currentTask } from "../../../services/tasks.ts";
import { command } from "../../command.ts";
import { renderCurrentTask } from "../../render/tasks.ts";

export const taskCurrentCommand = command({
  name: "task current",
  description: "Show the task an agent is working on",
  examples: ["tt task current", "tt task current dev"],
  needs: "town",
  args: {
    agent: { type: "positional", required: false, description: "Default: the calling agent" },
  },
  run: ({ args, town }) => currentTask(town, args.agent),
  render: renderCurrentTask,
  quiet: (task) => task?.id ?? "",
});
