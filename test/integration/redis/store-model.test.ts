import { expect, test } from "bun:test";
import { asAgentId, newAgentId, newMessageId, newTaskId } from "../../../src/core/ids.ts";
import { MESSAGE_KINDS } from "../../../src/core/message.ts";
import { TASK_TRANSITIONS } from "../../../src/core/task.ts";
import { requestEnd } from "../../../src/redis/agent-store.ts";
import { closeTask } from "../../../src/redis/task-store.ts";
import {
  type Owner,
  readControl,
  renewLeases,
  type TakeResult,
} from "../../../src/redis/turn-store.ts";
import { type Random, random } from "../../support/random.ts";
import { HOST, type StoreRig, storeRig } from "../../support/store-rig.ts";
import {
  type AgentPicture,
  allMessages,
  hasEnded,
  hasWork,
  isOpenTask,
  lookAtTown,
  messageIds,
  problemsIn,
  type TownPicture,
} from "./town-picture.ts";

const STEPS = 400;
/** A failure names its seed: put it here to have it again. */
const SEEDS = [1, 2, 3, 4, 108, Math.floor(Math.random() * 2 ** 31)];

const NAMES = ["ann", "bob", "cyd", "dee"];
const MAX_AGENTS = 3;
const MAX_ATTEMPTS = 3;
const QUEUE_LIMIT = 6;

/** What the host of an agent knows about it. */
interface Hand {
  owner: Owner | undefined;
  /** Owners that another one has replaced. */
  readonly fenced: Owner[];
  turn: string | undefined;
  wanted: string | undefined;
  /** It has not yet heard "nothing to do" since it took the agent over, or since a bell rang. */
  looking: boolean;
}

/** One call of a script, and what it may do. */
interface Deed {
  readonly name: string;
  readonly call: () => Promise<unknown>;
  /** Codes it may be refused with. A refused call changes nothing. */
  readonly refusals?: readonly string[];
  /** The message that it accepts. */
  readonly accepts?: string;
  /** Messages it may settle for good. */
  readonly settles?: (raw: string, agent: AgentPicture) => boolean;
  /** Sending it again changes nothing. */
  readonly idempotent?: boolean;
}

class Game {
  readonly rig: StoreRig;
  readonly dice: Random;
  readonly log: string[] = [];
  town: TownPicture;
  readonly #hands = new Map<string, Hand>();

  constructor(rig: StoreRig, dice: Random, town: TownPicture) {
    this.rig = rig;
    this.dice = dice;
    this.town = town;
  }

  /** Those that were spawned; the last one of a picture is the conductor. */
  get agents(): readonly AgentPicture[] {
    return this.town.agents.slice(0, -1);
  }

  hand(id: string): Hand {
    const known = this.#hands.get(id);
    if (known) return known;
    const hand = {
      fenced: [],
      owner: undefined,
      turn: undefined,
      wanted: undefined,
      looking: false,
    };
    this.#hands.set(id, hand);
    return hand;
  }

  async perform(deed: Deed): Promise<unknown> {
    this.log.push(deed.name);
    const before = this.town;
    const { value, code } = await outcome(deed);
    this.town = await lookAtTown(this.rig.store);
    expect(problemsIn(this.town)).toEqual([]);
    if (code === undefined) expect(wrongChanges(before, this.town, deed)).toEqual([]);
    else expect(this.town).toEqual(before);
    if (deed.idempotent && this.dice.chance(0.3)) {
      this.log.push("the same again");
      await outcome(deed);
      const again = await lookAtTown(this.rig.store);
      expect(withoutTimes(again)).toEqual(withoutTimes(this.town));
      this.town = again;
    }
    return value;
  }
}

async function outcome(deed: Deed): Promise<{ value?: unknown; code?: string }> {
  try {
    return { value: await deed.call() };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    if (code === undefined || !deed.refusals?.includes(code)) throw error;
    return { code };
  }
}

function wrongChanges(before: TownPicture, after: TownPicture, deed: Deed): readonly string[] {
  const wrong: string[] = [];
  for (const task of before.tasks) {
    const now = after.tasks.find(({ id }) => id === task.id)?.index;
    if (now !== task.index && (!now || !TASK_TRANSITIONS[task.index].includes(now))) {
      wrong.push(`task ${task.id} went from ${task.index} to ${now}`);
    }
  }
  const known = new Set(allMessages(before));
  const left = new Set(allMessages(after));
  for (const raw of left) {
    if (!known.has(raw) && messageIds(raw).id !== deed.accepts) wrong.push(`${raw} has appeared`);
  }
  for (const agent of before.agents) {
    const now = after.agents.find(({ id }) => id === agent.id);
    if (Number(now?.fields.epoch) < Number(agent.fields.epoch)) wrong.push("the epoch went back");
    for (const raw of [agent.urgent, agent.inbox, agent.notes, agent.inflight, agent.dead].flat()) {
      if (!left.has(raw) && !deed.settles?.(raw, agent)) wrong.push(`${raw} was lost`);
    }
  }
  return wrong;
}

function withoutTimes(town: TownPicture): unknown {
  const times = { last_heartbeat: "", last_active_at: "", updated_at: "" };
  return {
    ...town,
    agents: town.agents.map((agent) => ({ ...agent, fields: { ...agent.fields, ...times } })),
    tasks: town.tasks.map((task) => ({ ...task, fields: { ...task.fields, ...times } })),
  };
}

type Step = (game: Game, agent: AgentPicture) => Promise<unknown>;

async function spawn(game: Game): Promise<void> {
  const { rig, dice } = game;
  const [name, id] = [dice.pick(NAMES), newAgentId()];
  const hostId = dice.chance(0.8) ? HOST : "machine-2";
  const fields: Record<string, string> = name === "cyd" ? { max_rounds: "5" } : {};
  await game.perform({
    name: `spawn ${name}`,
    call: () => rig.spawn(name, { id, hostId, maxAgents: MAX_AGENTS, fields }),
    refusals: ["E_AGENT_LIMIT", "E_AGENT_STOPPED"],
    idempotent: true,
  });
}

function assign(game: Game, agent: AgentPicture): Promise<unknown> {
  const { rig, dice } = game;
  const more = {
    ...{ taskId: newTaskId(), messageId: newMessageId() },
    ...{ urgent: dice.chance(0.3), queueLimit: QUEUE_LIMIT },
  };
  const to = dice.chance(0.05) ? "conductor" : agent.id;
  return game.perform({
    name: `assign to ${to}`,
    call: () => rig.assign(to, "work", more),
    refusals: ["E_AGENT_STOPPED", "E_INBOX_FULL"],
    accepts: more.messageId,
    idempotent: true,
  });
}

function send(game: Game, agent: AgentPicture): Promise<unknown> {
  const { rig, dice } = game;
  const more = {
    ...{ id: newMessageId(), kind: dice.pick(MESSAGE_KINDS) },
    ...{ urgent: dice.chance(0.3), queueLimit: QUEUE_LIMIT },
  };
  const to = dice.chance(0.05) ? "conductor" : agent.id;
  return game.perform({
    name: `send ${more.kind} to ${to}`,
    call: () => rig.send(to, "read this", more),
    refusals: ["E_AGENT_STOPPED", "E_INBOX_FULL"],
    accepts: more.id,
    idempotent: true,
  });
}

/** As a host does it: the bell is silent before it looks. */
async function take(game: Game, agent: AgentPicture): Promise<void> {
  const { rig, dice } = game;
  const hand = game.hand(agent.id);
  const { owner } = hand;
  if (owner === undefined) return;
  if (!hasEnded(agent)) {
    await rig.raw("DEL", rig.store.keys.bell(agent.id));
    hand.looking = true;
    game.town = await lookAtTown(rig.store);
  }
  const turn = hand.turn !== undefined && dice.chance(0.6) ? hand.turn : crypto.randomUUID();
  const closed = new Set(game.town.tasks.filter((task) => !isOpenTask(task)).map(({ id }) => id));
  const taken = await game.perform({
    name: `take for ${agent.fields.name}`,
    call: () => rig.take(owner, turn),
    refusals: isOwned(agent, owner) ? [] : ["E_FENCED"],
    settles: (raw) => closed.has(messageIds(raw).task ?? ""),
    idempotent: true,
  });
  heard(hand, turn, taken as TakeResult | undefined);
}

/** `spawn` fences the owner of an agent that it starts again. */
function isOwned(agent: AgentPicture, owner: Owner): boolean {
  return !hasEnded(agent) && Number(agent.fields.epoch) === owner.epoch;
}

function heard(hand: Hand, turn: string, taken: TakeResult | undefined): void {
  if (taken?.kind === "work") hand.turn = turn;
  if (taken?.kind === "nothing") hand.looking = false;
  if (taken?.kind === "wanted") hand.wanted = taken.wanted;
}

async function finish(game: Game, agent: AgentPicture): Promise<void> {
  const { rig, dice } = game;
  const hand = game.hand(agent.id);
  const { owner, turn } = hand;
  if (owner === undefined || turn === undefined) return;
  const action = dice.pick(["complete", "complete", "retry", "fail"] as const);
  const delayMs = dice.chance(0.1) ? 60_000 : 0;
  const [head = "{}"] = agent.inflight;
  const task = game.town.tasks.find(({ id }) => id === messageIds(head).task);
  const isStale = task !== undefined && !isOpenTask(task);
  await game.perform({
    name: `finish ${agent.fields.name}: ${action}`,
    call: () => rig.finish(owner, turn, { action, delayMs, counts: dice.chance(0.5) }),
    settles: (raw, { id, inflight }) =>
      id === agent.id && (action === "retry" ? isStale && raw === head : inflight.includes(raw)),
    idempotent: true,
  });
  hand.turn = undefined;
}

async function adopt(game: Game, agent: AgentPicture): Promise<void> {
  const { rig, dice } = game;
  const hand = game.hand(agent.id);
  const more = {
    hostId: dice.chance(0.9) ? (agent.fields.host ?? HOST) : "machine-3",
    leaseMs: dice.pick([0, 60_000]),
    ...{ sure: dice.chance(0.7), revive: dice.chance(0.5), maxAttempts: MAX_ATTEMPTS },
  };
  await game.perform({
    name: `adopt ${agent.fields.name}`,
    call: () => rig.adopt(asAgentId(agent.id), more),
  });
  const epoch = Number(game.agents.find(({ id }) => id === agent.id)?.fields.epoch);
  if (epoch === Number(agent.fields.epoch)) return;
  if (hand.owner) hand.fenced.push(hand.owner);
  hand.owner = { agentId: asAgentId(agent.id), epoch };
  hand.turn = undefined;
  hand.wanted = undefined;
  hand.looking = true;
}

async function end(game: Game, agent: AgentPicture): Promise<void> {
  const { rig, dice } = game;
  const hand = game.hand(agent.id);
  const { owner, wanted } = hand;
  if (owner === undefined) return;
  const by = wanted === "kill" || wanted === "stop" ? wanted : "";
  const state = wanted === "close" ? "cold" : wanted ? "stopped" : "error";
  const how = wanted || dice.chance(0.3) ? { state, by } : { state: "stopped", by: "stop" };
  const ended = await game.perform({
    name: `end ${agent.fields.name}: ${how.state}`,
    refusals: Number(agent.fields.epoch) === owner.epoch ? [] : ["E_FENCED"],
    call: () => rig.end(owner, how as { state: "cold"; by: "" }),
    idempotent: true,
  });
  hand.wanted = undefined;
  if (ended) hand.turn = undefined;
  else hand.looking = true;
}

/** Ends only what somebody wants ended: a town where agents end all the time does little else. */
async function endWanted(game: Game, agent: AgentPicture): Promise<void> {
  if (game.hand(agent.id).wanted || game.dice.chance(0.1)) await end(game, agent);
}

function request(game: Game, agent: AgentPicture): Promise<unknown> {
  const how = game.dice.pick(["close", "close", "stop", "kill"] as const);
  return game.perform({
    name: `request to ${how} ${agent.fields.name}`,
    call: () => requestEnd(game.rig.store, "Cannot", { agent: agent.id, how, reason: "so" }),
    idempotent: true,
  });
}

async function close(game: Game): Promise<void> {
  const { dice, rig, town } = game;
  if (town.tasks.length === 0) return;
  const open = town.tasks.filter(isOpenTask);
  const task = dice.pick(open.length > 0 && dice.chance(0.7) ? open : town.tasks);
  const state = dice.pick(["completed", "failed", "cancelled"] as const);
  const closing = { task: task.id, state, text: "so", summary: "so" };
  const requestId = crypto.randomUUID();
  await game.perform({
    name: `close a task that is ${task.index}: ${state}`,
    call: () => closeTask(rig.store, "Cannot close", { ...closing, requestId }),
    refusals: isOpenTask(task) ? [] : ["E_TASK_CLOSED"],
    idempotent: true,
  });
}

/** Whoever owned an agent before goes on as if nothing had happened. */
async function act(game: Game, agent: AgentPicture): Promise<void> {
  const { rig, dice } = game;
  const { fenced } = game.hand(agent.id);
  if (fenced.length === 0) return;
  const owner = dice.pick(fenced);
  const turn = agent.fields.turn ?? "turn";
  const call = dice.pick([
    () => rig.take(owner, turn),
    () => rig.finish(owner, turn),
    () => rig.end(owner),
    () => readControl(rig.store, owner),
  ]);
  const before = game.town;
  await game.perform({ name: "act as a former owner", call, refusals: ["E_FENCED"] });
  expect(game.town).toEqual(before);
}

async function beat(game: Game): Promise<void> {
  const owners = game.agents.flatMap(({ id, fields }) => {
    const { owner, fenced } = game.hand(id);
    return [...fenced, ...(owner ? [owner] : [])].map((each) => ({
      ...each,
      isLost: each.epoch !== Number(fields.epoch),
    }));
  });
  const lost = owners.filter(({ isLost }) => isLost).map(({ agentId }) => agentId);
  const host = { id: HOST, record: "{}", leaseMs: 60_000 };
  await game.perform({
    name: "renew the leases",
    call: async () => expect(await renewLeases(game.rig.store, host, owners)).toEqual(lost),
  });
}

const STEP_WEIGHTS: readonly (readonly [number, Step])[] = [
  [5, assign],
  [5, send],
  [10, take],
  [8, finish],
  [3, adopt],
  [3, endWanted],
  [1, request],
  [3, close],
  [2, spawn],
  [2, act],
  [1, beat],
];

/** Without a wake-up that got lost, nobody has anything to do once no host hears of anything. */
async function rest(game: Game): Promise<void> {
  await settle(game);
  for (const agent of game.agents.filter((each) => !hasEnded(each))) {
    const { name = "", state } = agent.fields;
    expect({ name, state, hasWork: hasWork(agent) }).toEqual({
      name,
      state: "idle",
      hasWork: false,
    });
  }
}

/** Hosts go on until nobody has anything to do; only what rings a bell do they hear. */
async function settle(game: Game): Promise<void> {
  for (let n = 0; n < 1_000; n++) {
    const agent = game.agents.find((each) => {
      const waits = each.bell.length > 0 || game.hand(each.id).looking;
      return !hasEnded(each) && (waits || each.fields.state === "starting");
    });
    if (agent === undefined) return;
    const hand = game.hand(agent.id);
    if (hand.owner?.epoch !== Number(agent.fields.epoch)) await adopt(game, agent);
    else if (hand.turn !== undefined) await finish(game, agent);
    else if (hand.wanted !== undefined) await end(game, agent);
    else {
      await game.rig.raw("HDEL", game.rig.store.keys.agent(agent.id), "retry_at");
      await take(game, agent);
    }
  }
  throw new Error("The agents never rest");
}

test.each(SEEDS)(
  "nothing is lost, doubled or forgotten in a random town, seed %p",
  async (seed) => {
    await using rig = await storeRig();
    const game = new Game(rig, random(seed), await lookAtTown(rig.store));
    const steps = STEP_WEIGHTS.flatMap(([weight, step]) =>
      Array.from({ length: weight }, () => step),
    );
    try {
      while (game.agents.length === 0) await spawn(game);
      for (let n = 0; n < STEPS; n++) {
        await game.dice.pick(steps)(game, game.dice.pick(game.agents));
        if (game.dice.chance(0.03)) await rest(game);
      }
      await rest(game);
    } catch (error) {
      const last = game.log.slice(-8).join("\n  ");
      throw new Error(`Seed ${seed}, after ${game.log.length} calls, the last:\n  ${last}`, {
        cause: error,
      });
    }
  },
);
