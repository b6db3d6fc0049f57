import { isAbsolute, resolve } from "node:path";
import type { Agent } from "../core/agent.ts";
import { NotFoundError, UsageError } from "../core/errors.ts";
import { newAgentId } from "../core/ids.ts";
import { parseAgentName } from "../core/names.ts";
import {
  agentRows,
  allAgentIds,
  type EndRequest,
  inCreationOrder,
  requestEnd,
  type SpawnAction,
  storeAgent,
} from "../redis/agent-store.ts";
import { agentIds } from "./agent-ids.ts";
import { chooseCli } from "./choose-cli.ts";
import type { Town } from "./town.ts";
import { waitForEnd } from "./wait-for-end.ts";

export interface SpawnInput {
  readonly name: string;
  /** A preset, an `[agent_clis]` entry or a command line. Default: `default_cli` of the town. */
  readonly cli?: string | undefined;
  /** A known CLI's name selects that CLI; anything else is the CLI's model. */
  readonly model?: string | undefined;
  readonly role?: string | undefined;
  readonly nickname?: string | undefined;
  readonly parent?: string | undefined;
  /** Turns after which it stops. Default: no limit. */
  readonly maxRounds?: number | undefined;
  /** Relative to the working directory. Default: the town's root. */
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Put into every prompt. */
  readonly instructions?: string | undefined;
  /** The flow run it belongs to. */
  readonly run?: string | undefined;
}

export interface SpawnResult {
  readonly agent: Agent;
  /** `reused`: it was live already with the same CLI and role. */
  readonly action: SpawnAction;
}

/**
 * Registers an agent and makes sure that a host runs it. The same name twice gives the same agent.
 * @throws ConflictError E_AGENT_EXISTS (live with another CLI or role), E_AGENT_LIMIT,
 * UsageError, UnavailableError E_HOST_UNAVAILABLE
 */
export async function spawnAgent(town: Town, input: SpawnInput): Promise<SpawnResult> {
  const stored = await registerAgent(town, input);
  const { ensureHost } = await import("./ensure-host.ts");
  await ensureHost(town);
  return { agent: await getAgent(town, stored.id), action: stored.action };
}

/** As `spawnAgent`, without a host: for whoever is about to be the host. */
export async function registerAgent(town: Town, input: SpawnInput) {
  const name = parseAgentName(input.name);
  const { cli, model } = chooseCli(town, input);
  if (input.maxRounds !== undefined && input.maxRounds < 1) {
    throw new UsageError("--max-rounds must be at least 1");
  }
  return storeAgent(town.store, {
    id: newAgentId(),
    name,
    nickname: input.nickname === undefined ? undefined : parseAgentName(input.nickname),
    cli,
    role: input.role,
    parent: input.parent,
    maxAgents: town.config.maxAgents,
    hostId: town.hostId,
    run: input.run,
    fields: {
      ...(town.env.cliOverride === undefined ? {} : { cli_override: town.env.cliOverride }),
      ...(model === undefined ? {} : { model }),
      ...(input.instructions === undefined ? {} : { instructions: input.instructions }),
      ...(input.cwd === undefined ? {} : { cwd: absolute(town, input.cwd) }),
      ...(input.env === undefined ? {} : { env: JSON.stringify(input.env) }),
      ...(input.maxRounds === undefined ? {} : { max_rounds: String(input.maxRounds) }),
    },
  });
}

function absolute(town: Town, path: string): string {
  return isAbsolute(path) ? path : resolve(town.env.cwd, path);
}

/** In the order of their creation. */
export async function listAgents(town: Town): Promise<readonly Agent[]> {
  const rows = await agentRows(town.store, await allAgentIds(town.store));
  return inCreationOrder(rows).map((row) => row.agent);
}

/**
 * @param ref name, nickname, id or unique prefix of at least 4 characters
 * @throws NotFoundError E_AGENT_NOT_FOUND, ConflictError E_AMBIGUOUS
 */
export async function getAgent(town: Town, ref: string): Promise<Agent> {
  const ids = await agentIds(town, "Cannot find the agent", [ref]);
  const [row] = await agentRows(town.store, ids);
  if (row === undefined) {
    throw new NotFoundError({ code: "E_AGENT_NOT_FOUND", message: `No agent "${ref}"` });
  }
  return row.agent;
}

export interface EndInput {
  readonly agent: string;
  readonly reason?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Ends an agent now; resolves when its turn is gone. Its queue is kept. */
export function killAgent(town: Town, input: EndInput): Promise<Agent> {
  return endAndWait(town, input, "kill");
}

/** Lets an agent finish its work, refusing new; resolves when it is `cold`. */
export function closeAgent(town: Town, input: EndInput): Promise<Agent> {
  return endAndWait(town, input, "close");
}

async function endAndWait(town: Town, input: EndInput, how: EndRequest): Promise<Agent> {
  const { id, ended } = await requestEnd(town.store, `Cannot ${how} "${input.agent}"`, {
    agent: input.agent,
    how,
    reason: input.reason,
  });
  if (!ended) await waitForEnd(town, { ...input, id });
  return getAgent(town, id);
}
