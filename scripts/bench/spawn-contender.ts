import { ScriptError } from "../lib/run-script.ts";
import type { Contender } from "./goal.ts";

export interface SpawnContenderOptions {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program whose whole run is timed, from the start of the process to its end. */
export function spawnContender(options: SpawnContenderOptions): Contender {
  const { name, argv, cwd, env } = options;
  const spawnOptions = {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    ...(cwd !== undefined && { cwd }),
  } satisfies Bun.SpawnOptions.SpawnSyncOptions<"ignore", "ignore", "pipe">;
  const measure = async () => {
    const started = Bun.nanoseconds();
    const { exitCode, stderr } = Bun.spawnSync([...argv], spawnOptions);
    const elapsed = (Bun.nanoseconds() - started) / 1000;
    if (exitCode !== 0) {
      throw new ScriptError(
        `"${argv.join(" ")}" exited with ${exitCode}: ${stderr.toString().trim()}`,
      );
    }
    return [elapsed];
  };
  return { name, measure };
}
