import { failTask } from "../../../services/tasks.ts";
import { command } from "../../command.ts";
import { renderTaskDecided } from "../../render/tasks.ts";

export const taskFailCommand = command({
  name: "task fail",
  description: "Mark a task as failed",
  examples: ['tt task fail 0192f0c1 --reason "The schema is missing"'],
  needs: "town",
  args: {
    task: { type: "positional", description: "Id or unique start of one" },
    reason: { type: "string", hint: "TEXT", default: "no reason given", description: "Why" },
  },
  run: ({ args, town }) => failTask(town, { task: args.task, reason: args.reason }),
  render: renderTaskDecided,
  quiet: () => "",
});
