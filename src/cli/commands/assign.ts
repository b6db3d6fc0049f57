import { assignTask } from "../../services/tasks.ts";
import { command } from "../command.ts";
import { renderAssigned } from "../render/tasks.ts";
import { readText } from "../text-input.ts";

export const assignCommand = command({
  name: "assign",
  description: "Give an agent a task",
  details: "The agent starts at once if it is idle, else when its earlier tasks are finished.",
  examples: [
    'tt assign dev "Build the login page"',
    "tt assign dev --file task.md --tag auth --tag api",
    "git diff | tt assign reviewer -",
  ],
  needs: "town",
  args: {
    agent: { type: "positional", description: "Name, nickname, id or unique start of an id" },
    task: { type: "positional", required: false, description: "What to do; - reads it from stdin" },
    file: { type: "string", hint: "FILE", description: "Read the task from a file" },
    tag: { type: "list", hint: "TAG", description: "Label for `tt task list --tag`" },
    urgent: { type: "boolean", description: "Put it before the agent's other work" },
  },
  run: async ({ args, town, io }) =>
    assignTask(town, {
      agent: args.agent,
      description: await readText({ text: args.task, file: args.file, name: "task" }, io),
      tags: [...args.tag],
      urgent: args.urgent,
    }),
  render: renderAssigned,
  quiet: (result) => result.taskId,
});
