import { cancelTask } from "../../../services/tasks.ts";
import { command } from "../../command.ts";
import { renderTaskDecided } from "../../render/tasks.ts";

export const taskCancelCommand = command({
  name: "task cancel",
  description: "Cancel a task that has not ended",
  examples: ["tt task cancel 0192f0c1", 'tt task cancel 0192f0c1 --reason "not needed any more"'],
  needs: "town",
  args: {
    task: { type: "positional", description: "Id or unique start of one" },
    reason: { type: "string", hint: "TEXT", description: "Why" },
  },
  run: ({ args, town }) =>
    cancelTask(town, {
      task: args.task,
      reason: args.reason,
    }),
  render: renderTaskDecided,
  quiet: () => "",
});
