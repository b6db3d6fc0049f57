import { readLog } from "../../services/logs.ts";
import { command } from "../command.ts";
import { renderLogLine } from "../render/logs.ts";

export const logsCommand = command({
  name: "logs",
  description: "Print what an agent's CLI printed",
  examples: ["tt logs dev", "tt logs dev --lines 50", "tt logs dev --follow"],
  needs: "town",
  longLived: (args) => args.follow,
  args: {
    agent: { type: "positional", description: "Name, nickname, id or unique start of an id" },
    follow: { type: "boolean", alias: "f", description: "Go on with what comes" },
    lines: { type: "number", alias: "n", hint: "N", min: 0, description: "Only the last N lines" },
  },
  run: ({ args, town, signal }) =>
    readLog(town, {
      agent: args.agent,
      follow: args.follow,
      signal,
      lines: args.lines,
    }),
  render: renderLogLine,
});
