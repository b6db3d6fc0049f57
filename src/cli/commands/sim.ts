import { readEnvironment } from "../../config/env.ts";
import { command } from "../command.ts";

export const simCommand = command({
  name: "sim",
  description: "Act as an AI CLI that follows the SIM: lines of the prompt on stdin",
  examples: ['echo "SIM: answer hello" | tt sim'],
  hidden: true,
  needs: "nothing",
  interruptible: true,
  run: async ({ io, signal }) => {
    const { runSim } = await import("../../agent/sim/run-sim.ts");
    const { all, cwd } = readEnvironment();
    return runSim({
      stdin: io.stdin,
      write: (line) => io.out(`${line}\n`),
      writeError: (line) => io.err(`${line}\n`),
      env: all,
      cwd,
      signal,
    });
  },
  render: () => "",
  exitCode: (code) => code,
});
