// Runs `sim` as a process of its own, wired as the hidden command does it.
import { runSim } from "../../../../src/agent/sim/run-sim.ts";

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());

process.exit(
  await runSim({
    stdin: () => Bun.stdin.text(),
    write: async (line) => void (await Bun.write(Bun.stdout, `${line}\n`)),
    writeError: async (line) => void (await Bun.write(Bun.stderr, `${line}\n`)),
    env: process.env,
    cwd: process.cwd(),
    signal: stop.signal,
  }),
);
