import { readEnvironment } from "../../config/env.ts";
import { initTown } from "../../services/init-town.ts";
import { command } from "../command.ts";
import { renderInit } from "../render/town.ts";

export const initCommand = command({
  name: "init",
  description: "Make this directory a town: writes tinytown.toml and .tt/",
  details: "The default name is <repository>-<branch> in a git repository, else the directory's.",
  examples: ["tt init", "tt init --name feature-builder", "tt init --town ../other"],
  needs: "nothing",
  args: {
    name: { type: "string", alias: "n", hint: "NAME", description: "Name of the town" },
  },
  run: ({ args, globals }) =>
    initTown({
      dir: globals.town ?? readEnvironment().cwd,
      name: args.name,
    }),
  render: renderInit,
  quiet: () => "",
});
