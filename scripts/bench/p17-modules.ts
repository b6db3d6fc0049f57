import { METAFILE } from "../build.ts";
import { runCommand } from "../lib/run-command.ts";
import { ScriptError } from "../lib/run-script.ts";
import { startBenchServer } from "./bench-server.ts";
import { type BenchTown, createBenchTown } from "./bench-town.ts";
import type { BenchContext, ExactGoal, ExactResult } from "./goal.ts";
import { HOT_COMMANDS, traceCommand } from "./hot-commands.ts";
import { slowModules } from "./module-graph.ts";

async function check({ tt }: BenchContext): Promise<ExactResult> {
  await using server = await startBenchServer();
  const town = await createBenchTown(server, { name: "modules", agents: 1, host: "none" });
  await startHost(tt, town);
  const graph: Bun.BuildMetafile = await Bun.file(METAFILE).json();
  const facts: string[] = [];
  const violations: string[] = [];
  for (const argv of HOT_COMMANDS) {
    const name = `tt ${argv[0]}`;
    const { loaded, touchedStdout } = await traceCommand(argv, { tt, town, graph });
    const packages = loaded.files.filter((file) => file.includes("node_modules/")).length;
    facts.push(
      `${name.padEnd(14)} ${loaded.files.length} files (${packages} of packages), built-in: ${loaded.builtins.join(" ") || "none"}`,
    );
    violations.push(...slowModules(loaded).map((module) => `${name} loads ${module}`));
    if (touchedStdout) violations.push(`${name} touches process.stdout`);
  }
  return { facts, violations };
}

/** Hot is a command in a town whose host is live. */
async function startHost(tt: string, town: BenchTown): Promise<void> {
  const argv = [tt, "spawn", "another"];
  const { code, output } = await runCommand(argv, { cwd: town.directory, env: town.env });
  if (code !== 0) throw new ScriptError(`tt spawn exited with ${code}: ${output}`);
}

export const p17Modules: ExactGoal = {
  kind: "exact",
  id: "P17",
  title: "modules that the hot commands load: no ioredis, consola, tls, net, stream, crypto",
  check,
};
