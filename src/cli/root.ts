import type { Command } from "./command.ts";

export type CommandLoader = () => Promise<Command>;

export interface CommandGroup {
  readonly description: string;
  readonly commands: Readonly<Record<string, CommandLoader>>;
}

/** Every command by its first word. Loaders only: a command costs nothing until it is used. */
export const ROOT: Readonly<Record<string, CommandLoader | CommandGroup>> = {
  assign: async () => (await import("./commands/assign.ts")).assignCommand,
  check: async () => (await import("./commands/check.ts")).checkCommand,
  inbox: async () => (await import("./commands/inbox.ts")).inboxCommand,
  init: async () => (await import("./commands/init.ts")).initCommand,
  kill: async () => (await import("./commands/kill.ts")).killCommand,
  licenses: async () => (await import("./commands/licenses.ts")).licensesCommand,
  list: async () => (await import("./commands/list.ts")).listCommand,
  logs: async () => (await import("./commands/logs.ts")).logsCommand,
  new: async () => (await import("./commands/new.ts")).newCommand,
  run: async () => (await import("./commands/run.ts")).runCommand,
  send: async () => (await import("./commands/send.ts")).sendCommand,
  sim: async () => (await import("./commands/sim.ts")).simCommand,
  spawn: async () => (await import("./commands/spawn.ts")).spawnCommand,
  start: async () => (await import("./commands/start.ts")).startCommand,
  status: async () => (await import("./commands/status.ts")).statusCommand,
  stop: async () => (await import("./commands/stop.ts")).stopCommand,
  task: {
    description: "Show and list tasks; complete, fail or cancel one",
    commands: {
      cancel: async () => (await import("./commands/task/cancel.ts")).taskCancelCommand,
      complete: async () => (await import("./commands/task/complete.ts")).taskCompleteCommand,
      current: async () => (await import("./commands/task/current.ts")).taskCurrentCommand,
      fail: async () => (await import("./commands/task/fail.ts")).taskFailCommand,
      list: async () => (await import("./commands/task/list.ts")).taskListCommand,
      show: async () => (await import("./commands/task/show.ts")).taskShowCommand,
    },
  },
  types: async () => (await import("./commands/types.ts")).typesCommand,
  version: async () => (await import("./commands/version.ts")).versionCommand,
  wait: async () => (await import("./commands/wait.ts")).waitCommand,
};
