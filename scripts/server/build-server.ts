#!/usr/bin/env bun
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { decodeServerInfo, type ServerInfo } from "../../src/process/server-info.ts";
import { startOnce } from "../../src/process/start-once.ts";
import { buildFromSource, firstLine } from "./build-from-source.ts";
import { ensureBuildTools } from "./build-tools.ts";
import { CANDIDATES } from "./candidates.ts";
import { findInstalledServer } from "./installed-server.ts";
import { type Progress, startProgress } from "./progress.ts";
import { publishNothing, publishServer, SERVER_FILES } from "./publish.ts";

export interface BuildServerOptions {
  /** Build again even if nothing has changed. */
  readonly force?: boolean;
  /** Debian archive to use instead of the one this machine is configured for. */
  readonly mirror?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MINUTE_MS = 60_000;
/** After a failure that took its time (such as no network) the next attempt waits, unless forced. */
const RETRY_FAILED_MS = 10 * MINUTE_MS;

/** Where the server for this machine is built: `dist/server/<platform>-<arch>`. */
export function serverDirectory(): string {
  return resolve(import.meta.dir, "../../dist/server", `${process.platform}-${process.arch}`);
}

/**
 * Makes `dist/server/<platform>-<arch>` hold a static server with `server.json`, or a `server.json`
 * that says why there is none. Returns within milliseconds when nothing has changed, and builds once
 * when called by several processes at a time. Rejects only when the directory cannot be written.
 */
export async function buildServer(options: BuildServerOptions = {}): Promise<ServerInfo> {
  const directory = serverDirectory();
  const recipe = await hashRecipe();
  const probe = async () => (options.force ? undefined : readUpToDate(directory, recipe));
  const ready = await probe();
  if (ready) return ready;
  await mkdir(directory, { recursive: true });
  return startOnce({
    what: "the server build",
    lockFile: join(directory, "build.lock"),
    probe,
    start: () => build({ ...options, directory, recipe, progress: startProgress() }),
    timeoutMs: 20 * MINUTE_MS,
    signal: options.signal,
  });
}

/** Everything that decides the result: these scripts and the C files. */
async function hashRecipe(): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  const names = await readdir(import.meta.dir, { recursive: true });
  for (const name of names.filter((name) => /\.(ts|c)$/.test(name)).sort()) {
    hasher.update(name).update(await readFile(join(import.meta.dir, name)));
  }
  return hasher.digest("hex").slice(0, 16);
}

async function readUpToDate(directory: string, recipe: string): Promise<ServerInfo | undefined> {
  const file = join(directory, SERVER_FILES.info);
  const text = await readFile(file, "utf8").catch(() => undefined);
  const info = text === undefined ? undefined : decodeServerInfo(text);
  if (info?.recipe !== recipe) return undefined;
  if (!info.embedded) return Date.now() < info.retryAt ? info : undefined;
  const sizes = await Promise.all(
    Object.values(SERVER_FILES).map((name) => Bun.file(join(directory, name)).size),
  );
  return sizes.every((size) => size > 0) ? info : undefined;
}

interface BuildOptions extends BuildServerOptions {
  readonly directory: string;
  readonly recipe: string;
  readonly progress: Progress;
}

/** Walks the candidates; each failure is one line, and the last resort is to build nothing. */
async function build(options: BuildOptions): Promise<ServerInfo> {
  const { directory, recipe, progress, signal, mirror } = options;
  const work = await makeWorkDirectory();
  const reasons: string[] = [];
  let retryAt = Date.now();
  try {
    await ensureBuildTools({ cwd: work, progress, signal });
    retryAt += RETRY_FAILED_MS;
    for (const candidate of CANDIDATES) {
      const place = join(work, candidate.product);
      const request = { candidate, directory: place, mirror, progress, signal };
      try {
        await mkdir(place);
        const info = await publishServer(await buildFromSource(request), { directory, recipe });
        progress(`built ${info.product} ${info.version}, ${info.size} bytes`);
        return info;
      } catch (error) {
        signal?.throwIfAborted();
        progress(`no ${candidate.product} from source: ${firstLine(error)}`);
        reasons.push(firstLine(error));
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    progress(`no server from source: ${firstLine(error)}`);
    reasons.push(firstLine(error));
  } finally {
    // An interrupted compiler may still be writing.
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
  const installed = await findInstalledServer(directory);
  progress(
    installed
      ? `none is embedded; ${installed.product} ${installed.version} of this machine is used`
      : "none is embedded; tt will need a redis-server or valkey-server on PATH",
  );
  return publishNothing({ directory, recipe, reasons, retryAt, installed });
}

/** make cannot cope with a space in a path, and the project's own may have one. */
async function makeWorkDirectory(): Promise<string> {
  const parent = [tmpdir(), "/var/tmp"].find((path) => !/\s/.test(path)) ?? "/var/tmp";
  return mkdtemp(join(parent, "tinytown-server-"));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { force: { type: "boolean" }, mirror: { type: "string" } },
  });
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => interruption.abort(new Error(`interrupted by ${name}`)));
  }
  await buildServer({
    force: values.force ?? false,
    mirror: values.mirror,
    signal: interruption.signal,
  });
}
