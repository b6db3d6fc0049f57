import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ScriptError } from "../lib/run-script.ts";
import type { BenchTown } from "./bench-town.ts";
import { type LoadedModules, loadedWith } from "./module-graph.ts";
import type { ModuleTrace } from "./trace-modules.ts";

/** What users and agents run all the time, in an order in which each of them works. */
export const HOT_COMMANDS: readonly (readonly string[])[] = [
  ["--version"],
  ["assign", "a0", "Build it"],
  ["send", "a0", "How far are you?"],
  ["inbox", "a0"],
  ["status"],
  ["stop"],
];

export interface TracedRun {
  readonly loaded: LoadedModules;
  readonly touchedStdout: boolean;
}

interface TraceOptions {
  readonly tt: string;
  readonly town: BenchTown;
  readonly graph: Bun.BuildMetafile;
}

/** Runs one command of the compiled executable and tells what it has loaded. */
export async function traceCommand(
  argv: readonly string[],
  { tt, town, graph }: TraceOptions,
): Promise<TracedRun> {
  const traces = await mkdtemp(join(tmpdir(), "tt-trace-"));
  try {
    // BUN_OPTIONS is split at spaces, so the file is named relative to the working directory.
    const preload = "trace-modules.ts";
    await copyFile(join(import.meta.dir, preload), join(town.directory, preload));
    const child = Bun.spawn([tt, ...argv], {
      cwd: town.directory,
      env: {
        ...process.env,
        ...town.env,
        BUN_OPTIONS: `--preload ./${preload}`,
        TT_MODULE_TRACE: traces,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [errors, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
    if (code !== 0) throw new ScriptError(`tt ${argv.join(" ")} exited with ${code}: ${errors}`);
    const trace: ModuleTrace = await Bun.file(join(traces, `${child.pid}.trace.json`)).json();
    const chunks = trace.modules.map((path) => `./${basename(path)}`);
    const known = chunks.filter((chunk) => chunk in graph.outputs);
    return { loaded: loadedWith(graph, known), touchedStdout: trace.touchedStdout };
  } finally {
    await rm(traces, { recursive: true, force: true });
  }
}
