import { TASK_STATES } from "../../../core/task.ts";
import { listTasks } from "../../../services/tasks.ts";
import { command } from "../../command.ts";
import { renderTaskList } from "../../render/tasks.ts";

export const taskListCommand = command({
  name: "task list",
  description: "List the tasks of the town",
  examples: ["tt task list", "tt task list --state running", "tt task list --agent dev --json"],
  needs: "town",
  args: {
    state: { type: "enum", options: TASK_STATES, hint: "STATE", description: "Only in this state" },
    agent: { type: "string", hint: "AGENT", description: "Only of this agent" },
    tag: { type: "string", hint: "TAG", description: "Only with this tag" },
    limit: { type: "number", hint: "N", min: 1, description: "At most this many" },
  },
  run: ({ args, town }) => listTasks(town, args),
  render: renderTaskList,
  quiet: (tasks) => tasks.map((task) => task.id).join("\n"),
});
