import type { ConsolaInstance } from "consola";

/**
 * Diagnostics for `--verbose`, on stderr: consola prints `info` and `log` to stdout by default.
 * Loaded on demand, for it brings node:tty with it.
 */
export async function openLog(): Promise<ConsolaInstance> {
  const { createConsola, LogLevels } = await import("consola");
  return createConsola({
    level: LogLevels.debug,
    stdout: process.stderr,
    stderr: process.stderr,
    defaults: { tag: "tt" },
  });
}
