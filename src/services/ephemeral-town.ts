import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readEnvironment } from "../config/env.ts";
import { CONFIG_NAME } from "../config/paths.ts";
import { UnavailableError } from "../core/errors.ts";
import { type Background, spawnBackground } from "../process/background.ts";
import { killMarkedProcesses } from "../process/marked-processes.ts";
import { selfCommand } from "../process/self.ts";
import { sleep } from "../util/sleep.ts";
import { hostEnvironment } from "./ensure-host.ts";
import { liveHost } from "./host-record.ts";
import { lastLines } from "./log-tail.ts";
import { ensureTownServer, stopTownServer } from "./managed-server.ts";
import { HOST_MARKER } from "./markers.ts";
import { openTown } from "./open-town.ts";
import type { Town } from "./town.ts";

export interface EphemeralOptions {
  /** Where the agents work; absolute. */
  readonly workDir: string;
  /** Default 1 000. */
  readonly maxAgents?: number | undefined;
  /** See `openTown`. */
  readonly patienceMs?: number | undefined;
  readonly unref?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A town for one run, with a server and a host of its own. */
export interface EphemeralTown extends Town {
  /** Ends agents, host and server and removes the directory; also happens if this process dies. */
  close(): Promise<void>;
}

/** The town has a server of its own, and nobody in it knows an agent that runs the opener. */
const NOT_INHERITED = {
  redisUrl: undefined,
  redisUrlFrom: undefined,
  town: undefined,
  agentId: undefined,
  agentName: undefined,
} as const;

const READY_TIMEOUT_MS = 20_000;
const LONGEST_WAIT_MS = 20;

/** @throws UnavailableError when its server or host does not start */
export async function openEphemeralTown(options: EphemeralOptions): Promise<EphemeralTown> {
  const env = readEnvironment();
  const root = await realpath(await mkdtemp(join(env.tmp, "tinytown-")));
  await writeFile(join(root, CONFIG_NAME), ephemeralConfig(root, options), { mode: 0o600 });
  const town = await openTown({
    dir: root,
    longLived: true,
    patienceMs: options.patienceMs,
    unref: options.unref,
    env: { ...env, ...NOT_INHERITED },
  });
  try {
    await ensureTownServer(town, options.signal);
    const host = await startHost(town, options.signal);
    return { ...town, close: () => closeTown(town, host) };
  } catch (error) {
    await removeEphemeralTown(town);
    await town[Symbol.asyncDispose]();
    throw error;
  }
}

function ephemeralConfig(root: string, { workDir, maxAgents = 1_000 }: EphemeralOptions): string {
  return `name = ${JSON.stringify(root.split("-").at(-1)?.toLowerCase())}
max_agents = ${maxAgents}

[agent]
cwd = ${JSON.stringify(workDir)}
`;
}

/**
 * The host is a process of its own, held by a lifeline: if this one dies in whatever way, the host
 * sees it, ends agents and server, and removes the directory.
 */
async function startHost(town: Town, signal: AbortSignal | undefined): Promise<Background> {
  await mkdir(town.paths.logs, { recursive: true, mode: 0o700 });
  const host = spawnBackground({
    argv: selfCommand(["start", "--lifeline", "--town", town.root]),
    cwd: town.root,
    // Agents and the tt they call must find this server, whatever REDIS_URL the project has.
    env: { ...hostEnvironment(town), TINYTOWN_REDIS_URL: town.server.url },
    logFile: town.paths.hostLog,
    lifeline: true,
  });
  try {
    await hostIsReady(town, host, signal);
    return host;
  } catch (error) {
    host.release();
    await host.exited; // it ends with its lifeline, ready or not
    throw error;
  }
}

async function hostIsReady(
  town: Town,
  host: Background,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ended = host.exited.then(() => "ended" as const);
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (let wait = 2; performance.now() < deadline; wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)) {
    if (liveHost(town)?.ready) return;
    if ((await Promise.race([ended, sleep(wait, signal)])) === "ended") break;
  }
  const [reason = "it left no message"] = await lastLines(town.paths.hostLog, 1);
  throw new UnavailableError({
    code: "E_HOST_UNAVAILABLE",
    message: `The host of the run's own town did not start: ${reason}`,
  });
}

async function closeTown(town: Town, host: Background): Promise<void> {
  // First, or a connection that the ending server drops would start the server again.
  await town[Symbol.asyncDispose]();
  host.release();
  await host.exited;
  await removeEphemeralTown(town); // nothing to do, unless the host was killed
}

/** What the host of an ephemeral town does at its end, and whoever opened it where that was killed. */
export async function removeEphemeralTown(town: Town): Promise<void> {
  killMarkedProcesses(HOST_MARKER, town.hostId);
  await stopTownServer(town);
  await rm(town.root, { recursive: true, force: true });
}
