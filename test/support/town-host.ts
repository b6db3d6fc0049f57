import { runHost } from "../../src/agent/host.ts";
import { findServerPid } from "../../src/process/server-pid.ts";
import { spawnAgent } from "../../src/services/agents.ts";
import { ensureHost } from "../../src/services/ensure-host.ts";
import { liveHost } from "../../src/services/host-record.ts";
import { outputFile } from "../../src/services/logs.ts";
import { assignTask, type TaskView } from "../../src/services/tasks.ts";
import type { Town } from "../../src/services/town.ts";
import { waitForTask } from "../../src/services/wait-for-task.ts";
import { isRunning } from "./processes.ts";
import type { TestTown } from "./town.ts";
import { waitFor } from "./wait-for.ts";

/** A town's host inside the test's process. */
export interface TownHost extends AsyncDisposable {
  readonly log: readonly string[];
  /** Settles when it has ended, by itself or by `stop`. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface TownHostOptions {
  /** See `runHost`; default false. */
  readonly background?: boolean;
}

/**
 * Runs the town's host in this process and waits until it is ready. Declare it after the town: what
 * ends the town would end a live host, which is the test.
 */
export async function townHost(rig: TestTown, options: TownHostOptions = {}): Promise<TownHost> {
  const town = await rig.open({ longLived: true });
  const controller = new AbortController();
  const log: string[] = [];
  const { background = false } = options;
  const { signal } = controller;
  const ended = runHost(town, { signal, background, log: (line) => log.push(line) });
  const ready = waitFor(() => liveHost(town)?.ready, { what: "the host", timeoutMs: 10_000 });
  await Promise.race([ready, ended]);
  const stop = () => {
    controller.abort();
    return ended;
  };
  return { log, ended, stop, [Symbol.asyncDispose]: stop };
}

/** Starts the host as a process of its own, to be killed. @returns its pid */
export async function hostProcess(town: Town): Promise<number> {
  return (await ensureHost(town)).pid;
}

/** Ends a process and waits until it is gone. */
export async function endProcess(pid: number, signal: NodeJS.Signals): Promise<void> {
  process.kill(pid, signal);
  await waitFor(() => !isRunning(pid), { what: `the end of ${pid}`, timeoutMs: 10_000 });
}

/** `kill -9` of the town's own server. @returns the pid it had */
export async function killServer(town: Town): Promise<number> {
  const pid = serverPid(town);
  if (pid === undefined) throw new Error("No server runs");
  await endProcess(pid, "SIGKILL");
  return pid;
}

export function serverPid({ server, paths }: Town): number | undefined {
  return findServerPid({
    socket: server.socket ?? "",
    dataDirectory: paths.serverData,
    pidFile: paths.serverPid,
    logFile: paths.serverLog,
    startLock: paths.serverStartLock,
  });
}

/** Spawns agents one after the other, with the CLI of the town. */
export async function spawnAll(town: Town, ...names: readonly string[]): Promise<void> {
  for (const name of names) await spawnAgent(town, { name });
}

/** Assigns a task and waits for its end. */
export async function work(town: Town, agent: string, ...lines: string[]): Promise<TaskView> {
  const { taskId } = await assignTask(town, { agent, description: lines.join("\n") });
  return waitForTask(town, { task: taskId, timeoutMs: 10_000 });
}

/** What an agent's turns have printed so far. */
export async function output(town: Town, agent: string): Promise<string> {
  const file = Bun.file(outputFile(town, agent));
  return (await file.exists()) ? file.text() : "";
}

/** Resolves when the output of an agent's turns has so many matches. */
export async function printed(
  town: Town,
  agent: string,
  pattern: RegExp,
  times = 1,
): Promise<readonly string[]> {
  const all = new RegExp(pattern, "g");
  const enough = async () => {
    const found = [...(await output(town, agent)).matchAll(all)].map((m) => m[1] ?? m[0]);
    return found.length >= times && found;
  };
  return waitFor(enough, { what: `${pattern} of ${agent}`, timeoutMs: 10_000 });
}
