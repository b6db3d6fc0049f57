import { completeTask } from "../../../services/tasks.ts";
import { command } from "../../command.ts";
import { renderTaskDecided } from "../../render/tasks.ts";

export const taskCompleteCommand = command({
  name: "task complete",
  description: "Mark a task as completed",
  examples: ['tt task complete 0192f0c1 --result "Login page built, tests pass"'],
  needs: "town",
  args: {
    task: { type: "positional", description: "Id or unique start of one" },
    result: { type: "string", hint: "TEXT", description: "What came out of it" },
  },
  run: ({ args, town }) =>
    completeTask(town, {
      task: args.task,
      result: args.result,
    }),
  render: renderTaskDecided,
  quiet: () => "",
});
