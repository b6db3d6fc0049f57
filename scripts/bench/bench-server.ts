import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repoRoot } from "../lib/repo-root.ts";
import { ScriptError } from "../lib/run-script.ts";

/** The directory of the server that `setup()` has built for this machine. */
export const SERVER_DIRECTORY = join(
  repoRoot,
  "dist/server",
  `${process.platform}-${process.arch}`,
);

export interface BenchServer extends AsyncDisposable {
  /** A scratch directory that is gone afterwards. */
  readonly directory: string;
  readonly socket: string;
  readonly url: string;
}

/** Starts a server of its own for one goal, as durable as the one that tt manages. */
export async function startBenchServer(): Promise<BenchServer> {
  const binary = join(SERVER_DIRECTORY, "valkey-server");
  if (!existsSync(binary)) throw new ScriptError(`There is no server at "${binary}"`);
  const directory = mkdtempSync(join(tmpdir(), "tt-bench-"));
  const socket = join(directory, "s");
  const child = Bun.spawn(
    [
      ...[binary, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700"],
      ...["--dir", directory, "--appendonly", "yes", "--appendfsync", "everysec"],
      ...["--save", "", "--maxmemory-policy", "noeviction"],
    ],
    { cwd: directory, env: { LC_ALL: "C" }, stdio: ["ignore", "pipe", "ignore"] },
  );
  const stop = async () => {
    child.kill("SIGKILL");
    await child.exited;
    rmSync(directory, { recursive: true, force: true });
  };
  for await (const chunk of child.stdout) {
    if (/ready to accept connections/i.test(new TextDecoder().decode(chunk))) break;
  }
  return { directory, socket, url: `redis+unix://${socket}`, [Symbol.asyncDispose]: stop };
}
