import { existsSync } from "node:fs";
import { join } from "node:path";
import { hashFiles } from "./lib/hash-files.ts";
import { repoRoot } from "./lib/repo-root.ts";
import { runCommand } from "./lib/run-command.ts";
import { runScript, ScriptError } from "./lib/run-script.ts";

/**
 * Prepares a clone: the packages of the lock file, then the server that is embedded in `tt`.
 * Idempotent, and a matter of milliseconds when nothing is left to do.
 */
export async function setup(): Promise<void> {
  if (await installPackages()) await startOver();
  const { buildServer } = await import("./server/build-server.ts");
  await buildServer();
}

/**
 * The stamp holds the hash of the lock file that was installed, as an installation leaves no trace of it.
 * @returns whether it had to be done
 */
async function installPackages(): Promise<boolean> {
  const stamp = join(repoRoot, "node_modules", ".installed-lock");
  const wanted = await hashFiles(repoRoot, ["bun.lock", "package.json"]);
  if (existsSync(stamp) && (await Bun.file(stamp).text()) === wanted) return false;
  const { code } = await runCommand([process.execPath, "install", "--frozen-lockfile"], {
    output: "inherit",
  });
  if (code !== 0) {
    throw new ScriptError(
      `"bun install --frozen-lockfile" exited with ${code}; see its output above`,
    );
  }
  await Bun.write(stamp, wanted);
  return true;
}

/** Bun remembers that a directory has no packages, so this process and its bundler never find them. */
async function startOver(): Promise<never> {
  const { code } = await runCommand([process.execPath, ...process.argv.slice(1)], {
    output: "inherit",
  });
  process.exit(code);
}

if (import.meta.main) {
  await runScript(async () => {
    await setup();
    return 0;
  });
}
