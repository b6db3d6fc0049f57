import { mkdir } from "node:fs/promises";
import type { Agent } from "../../src/core/agent.ts";
import { processIdentity } from "../../src/process/alive.ts";
import { registerAgent } from "../../src/services/agents.ts";
import { removeHostRecord, writeHostRecord } from "../../src/services/host-record-file.ts";
import type { Town } from "../../src/services/town.ts";
import {
  type AgentEnd,
  adopt,
  end,
  finish,
  type Owner,
  ownerOf,
  take,
  type Work,
} from "../../src/services/turns.ts";

export interface HandTurn {
  readonly work: Work;
  /** Completes what the turn was about. */
  done(text?: string): Promise<void>;
}

/** A host whose part the test plays: it is live, but takes and finishes only what it is told to. */
export interface HandHost extends AsyncDisposable {
  /** Registers an agent and takes it over. */
  own(name: string): Promise<Owner>;
  adopt(agent: Agent): Promise<Owner>;
  turn(owner: Owner): Promise<HandTurn>;
  end(owner: Owner, how?: Partial<AgentEnd>): Promise<boolean>;
}

/** Declare it after the town: the town's own clean-up would end a live host, this very process. */
export async function handHost(town: Town): Promise<HandHost> {
  await mkdir(town.paths.tt, { recursive: true });
  await writeHostRecord(town, { ...processIdentity(process.pid), ready: true });
  const host: HandHost = {
    own: async (name) => {
      const { id } = await registerAgent(town, { name });
      const adopted = await adopt(town, id, { revive: false });
      if (adopted.kind !== "owned") throw new Error(`${name} is ${adopted.kind}`);
      return ownerOf(adopted.agent);
    },
    adopt: async (agent) => {
      const adopted = await adopt(town, agent.id, { revive: false });
      if (adopted.kind !== "owned") throw new Error(`${agent.name} is ${adopted.kind}`);
      return ownerOf(adopted.agent);
    },
    turn: async (owner) => {
      const turn = crypto.randomUUID();
      const taken = await take(town, owner, turn);
      if (taken.kind !== "work") throw new Error(`There is no work but ${taken.kind}`);
      const { work } = taken;
      return {
        work,
        done: (text = "done") => finish(town, { owner, turn, work, result: result(text) }),
      };
    },
    end: (owner, how) => end(town, owner, { state: "stopped", reason: "", by: "kill", ...how }),
    [Symbol.asyncDispose]: () => removeHostRecord(town),
  };
  return host;
}

function result(text: string) {
  return {
    outcome: "done",
    text,
    reason: undefined,
    sessionId: undefined,
    sessionLost: false,
    retryAfterMs: undefined,
    exitCode: 0,
    signal: undefined,
    durationMs: 1,
  } as const;
}
