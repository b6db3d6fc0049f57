import { signalOfExitCode } from "./cli/exit.ts";
import { processIo } from "./cli/process-io.ts";
import { runCli } from "./cli/run-cli.ts";

// A command may wait for what does not show in the event loop, such as the end of an unreferenced
// child; until it has ended, the process goes on.
process.on("beforeExit", () => setTimeout(() => undefined, 20));

// Not awaited: below a top-level await Bun never tells that nothing is left to wait for, which is
// how `tt run` finds out that a flow awaits a promise nobody can settle.
void runCli(process.argv.slice(2), processIo()).then((code) => {
  // Everything is cleaned up: die of the signal, so that shells and `make` see an interruption.
  const signal = signalOfExitCode(code);
  if (signal !== undefined) process.kill(process.pid, signal);

  // Not exitCode: a read of standard input that nobody waits for any more would keep us alive.
  process.exit(code);
});
