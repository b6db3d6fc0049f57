import { getTask } from "../../../services/tasks.ts";
import { command } from "../../command.ts";
import { renderTask } from "../../render/tasks.ts";

export const taskShowCommand = command({
  name: "task show",
  description: "Show everything about a task",
  examples: ["tt task show 0192f0c1", "tt task show 0192f0c1 --json"],
  needs: "town",
  args: {
    task: { type: "positional", description: "Id or unique start of one" },
  },
  run: ({ args, town }) => getTask(town, args.task),
  render: renderTask,
});
