import { mkdir } from "node:fs/promises";
import { UnavailableError } from "../core/errors.ts";
import { type Background, spawnBackground } from "../process/background.ts";
import { selfCommand } from "../process/self.ts";
import { startOnce } from "../process/start-once.ts";
import { sleep } from "../util/sleep.ts";
import { liveHost } from "./host-record.ts";
import { lastLines } from "./log-tail.ts";
import type { Town } from "./town.ts";

const READY_TIMEOUT_MS = 20_000;
const LONGEST_WAIT_MS = 20;

export interface HostStart {
  readonly started: boolean;
  readonly pid: number;
}

/** Makes sure that a host runs this machine's agents; of any number of callers one starts it. */
export async function ensureHost(town: Town): Promise<HostStart> {
  const live = liveHost(town);
  if (live?.ready) return { started: false, pid: live.pid };
  await mkdir(town.paths.logs, { recursive: true, mode: 0o700 });
  return startOnce<HostStart>({
    what: `the host of town "${town.name}"`,
    lockFile: town.paths.hostStartLock,
    probe: async () => {
      const host = liveHost(town);
      return host?.ready ? { started: false, pid: host.pid } : undefined;
    },
    start: () => startHost(town),
  });
}

async function startHost(town: Town): Promise<HostStart> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  let host: Background | undefined;
  let code: number | undefined;
  for (let wait = 2; performance.now() < deadline; wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)) {
    const live = liveHost(town);
    if (live?.ready) return { started: host !== undefined, pid: live.pid };
    if (live === undefined) host ??= spawnHost(town); // else one is just starting
    const pause = sleep(wait).then(() => undefined);
    code = await (host === undefined ? pause : Promise.race([host.exited, pause]));
    if (code !== undefined) break;
  }
  // It had nothing to do but to end agents that are to end.
  if (code === 0 && host) return { started: true, pid: host.identity.pid };
  const [reason = "it left no message"] = await lastLines(town.paths.hostLog, 1);
  throw new UnavailableError({
    code: "E_HOST_UNAVAILABLE",
    message: `The host of town "${town.name}" did not start: ${reason}`,
    hint: `see ${town.paths.hostLog}`,
  });
}

function spawnHost(town: Town): Background {
  return spawnBackground({
    argv: selfCommand(["start", "--background", "--town", town.root]),
    cwd: town.root,
    env: hostEnvironment(town),
    logFile: town.paths.hostLog,
    lifeline: false,
  });
}

/** What a turn sets for its agent, and an agent's command must not hand on to a host. */
const MARKS_OF_A_TURN =
  /^(TINYTOWN_(AGENT_.*|TASK_ID|TOWN|PROMPT_FILE|MODEL)|TT_(RUN_ID|HOST|SIM_(MODEL|SESSION|STATE_DIR)))$/;

/** Without the marks of the agent that runs this command, if one does. */
export function hostEnvironment({ env }: Town): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env.all).filter(([name]) => !MARKS_OF_A_TURN.test(name)),
  );
}
