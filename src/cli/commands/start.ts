import { relayedAfterLabel } from "../../util/relayed.ts";
import { command } from "../command.ts";

export const startCommand = command({
  name: "start",
  description: "Run the town's agents in the foreground; Ctrl-C stops them",
  details: "`tt spawn` starts the same in the background when it is not running.",
  examples: ["tt start", "tt start --town ~/projects/shop"],
  needs: "town",
  longLived: true,
  interruptible: true,
  args: {
    background: { type: "boolean", hidden: true, description: "Started by another tt command" },
    lifeline: {
      type: "boolean",
      hidden: true,
      description: "End with standard input, and remove the town",
    },
  },
  run: async ({ args, town, signal, io, notify }) => {
    const { runHost } = await import("../../agent/host.ts");
    // The terminal may be gone while the agents are being stopped.
    const quietly = (written: Promise<void>) => void written.catch(() => undefined);
    await runHost(town, {
      signal: args.lifeline ? AbortSignal.any([signal, io.stdinEnd()]) : signal,
      background: args.background,
      log: (line) =>
        quietly(io.err(`${relayedAfterLabel(`${new Date().toISOString()} ${line}`)}\n`)),
      onReady: () => {
        if (args.background || args.lifeline) return;
        quietly(notify(`Town "${town.name}" is running; Ctrl-C stops its agents`));
      },
    });
    if (args.lifeline) {
      const { removeEphemeralTown } = await import("../../services/ephemeral-town.ts");
      await removeEphemeralTown(town);
    }
    return { town: town.name, root: town.root, stopped: true };
  },
  render: ({ town }) => `Town "${town}" stopped`,
  humanOutput: "stderr",
  quiet: () => "",
});
