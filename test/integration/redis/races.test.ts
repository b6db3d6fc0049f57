import { describe, expect, test } from "bun:test";
import { type AgentId, newMessageId, newTaskId } from "../../../src/core/ids.ts";
import { MESSAGE_KINDS } from "../../../src/core/message.ts";
import { allAgentIds, requestEnd } from "../../../src/redis/agent-store.ts";
import { newestEvents } from "../../../src/redis/event-stream.ts";
import { closeTask } from "../../../src/redis/task-store.ts";
import type { Owner, Work } from "../../../src/redis/turn-store.ts";
import { type Random, random } from "../../support/random.ts";
import { freshTownName } from "../../support/redis.ts";
import { type StoreRig, storeRig } from "../../support/store-rig.ts";
import { allMessages, isOpenTask, lookAtTown, messageIds, problemsIn } from "./town-picture.ts";

interface Crowd extends AsyncDisposable {
  readonly rigs: readonly StoreRig[];
  readonly first: StoreRig;
}

/** Many connections to one town. */
async function crowd(size: number): Promise<Crowd> {
  const town = freshTownName();
  const rigs = await Promise.all(Array.from({ length: size }, () => storeRig(town)));
  await Promise.all(rigs.map((rig) => rig.raw("PING")));
  const [first] = rigs;
  if (first === undefined) throw new Error("A crowd is not empty");
  return {
    rigs,
    first,
    async [Symbol.asyncDispose]() {
      for (const rig of rigs) await rig[Symbol.asyncDispose]();
    },
  };
}

/** The call's value, or the code it was refused with. */
async function attempt<T>(call: Promise<T>, ...codes: readonly string[]): Promise<T | string> {
  return call.catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!codes.includes(code)) throw error;
    return code;
  });
}

describe("on many connections", () => {
  test("20 spawns of one name make one agent", async () => {
    await using town = await crowd(20);
    const spawned = await Promise.all(town.rigs.map((rig) => rig.spawn("dev")));
    expect(new Set(spawned.map(({ id }) => id)).size).toBe(1);
    expect(spawned.filter(({ action }) => action === "created")).toHaveLength(1);
    expect(await rigEvents(town.first, "agent_spawned")).toBe(1);
    expect(problemsIn(await lookAtTown(town.first.store))).toEqual([]);
  });

  test("30 spawns make max_agents agents, and leave nothing of the others", async () => {
    await using town = await crowd(30);
    const outcomes = await Promise.all(
      town.rigs.map((rig, n) =>
        attempt(rig.spawn(`dev-${n}`, { maxAgents: 10, nickname: `d${n}` }), "E_AGENT_LIMIT"),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "E_AGENT_LIMIT")).toHaveLength(20);
    const { names, live } = await lookAtTown(town.first.store);
    expect([live.length, Object.keys(names).length]).toEqual([10, 20]);
    expect(await allAgentIds(town.first.store)).toHaveLength(10);
  });

  test("10 hosts that adopt one agent get ten epochs, and only the last may go on", async () => {
    await using town = await crowd(10);
    const { id } = await town.first.spawn("dev");
    await town.first.assign("dev", "work");
    const owners = await Promise.all(
      town.rigs.map(async (rig) => {
        const adopted = await rig.adopt(id);
        return { agentId: id, epoch: adopted.kind === "owned" ? adopted.agent.epoch : 0 };
      }),
    );
    expect(owners.map(({ epoch }) => epoch).toSorted((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    const taken = await Promise.all(
      town.rigs.map((rig, n) =>
        attempt(rig.take(owners[n] ?? { agentId: id, epoch: 0 }), "E_FENCED"),
      ),
    );
    expect(taken.filter((outcome) => outcome === "E_FENCED")).toHaveLength(9);
    expect(owners[taken.findIndex((outcome) => outcome !== "E_FENCED")]?.epoch).toBe(10);
  });
});

test("of two owners that take turns for one agent, the earlier one never settles anything", async () => {
  const tasks = 120;
  await using town = await crowd(2);
  const { id } = await town.first.spawn("dev");
  for (let n = 0; n < tasks; n++) await town.first.assign("dev", `task ${n}`);
  const dice = random(7);
  const fences = await Promise.all(town.rigs.map((rig) => ownNowAndThen(rig, id, dice)));
  expect(fences.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5);

  const events = await newestEvents(town.first.store, 10_000);
  const ended = events.filter(({ type }) => type === "task_completed");
  expect(new Set(ended.map(({ taskId }) => taskId)).size).toBe(tasks);
  expect(ended).toHaveLength(tasks);
  const epochs = ended.map(({ message }) => Number(message.replace(/^.* /, "")));
  expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
  expect(problemsIn(await lookAtTown(town.first.store))).toEqual([]);
});

/** Takes the agent over, works for a while and does so again, until no work is left. */
async function ownNowAndThen(rig: StoreRig, id: AgentId, dice: Random): Promise<number> {
  for (let fences = 0; ; fences++) {
    const adopted = await rig.adopt(id, { maxAttempts: 1_000 });
    if (adopted.kind !== "owned") throw new Error(`It is ${adopted.kind}`);
    const owner = { agentId: id, epoch: adopted.agent.epoch };
    for (;;) {
      const turn = crypto.randomUUID();
      const taken = await attempt(rig.take(owner, turn), "E_FENCED");
      if (taken === "E_FENCED") break;
      if (typeof taken === "string" || taken.kind !== "work") return fences;
      for (let n = dice.next() * 6; n > 0; n--) await rig.raw("PING");
      const end = { text: `by ${owner.epoch}`, summary: `by ${owner.epoch}` };
      if ((await attempt(rig.finish(owner, turn, end), "E_FENCED")) === "E_FENCED") break;
    }
  }
}

test.each([11, 12])(
  "a town is right at every moment while many change it, dice %p",
  async (seed) => {
    await using town = await crowd(9);
    const [watcher, sender, other, closer, ender, ...hosts] = town.rigs;
    if (!watcher || !sender || !other || !closer || !ender) throw new Error("There are nine");
    const ledger: Ledger = { accepted: [], settled: new Set(), tasks: [] };
    for (const name of NAMES) await watcher.spawn(name);
    const dice = random(seed);
    const progress = { busy: true, looks: 0 };
    const watch = async (): Promise<void> => {
      for (; progress.busy; progress.looks++) {
        expect(problemsIn(await lookAtTown(watcher.store))).toEqual([]);
      }
    };
    const work = Promise.all([
      ...[sender, other].map((rig) => sendMuch(rig, dice, ledger)),
      ...hosts.map((rig) => host(rig, dice, ledger)),
      closeSome(closer, dice, ledger),
      endSome(ender, dice),
    ]).finally(() => {
      progress.busy = false;
    });
    await Promise.all([work, watch()]);
    expect(progress.looks).toBeGreaterThan(20);
    await expectAccounted(watcher, ledger);
  },
);

const NAMES = ["ann", "bob", "cyd", "dee"];
const CALLS = 150;

interface Ledger {
  /** Messages whose sender was told that they are accepted. */
  readonly accepted: { readonly id: string; readonly task?: string }[];
  /** Messages of turns that their owner has settled. */
  readonly settled: Set<string>;
  readonly tasks: string[];
}

async function sendMuch(rig: StoreRig, dice: Random, ledger: Ledger): Promise<void> {
  for (let n = 0; n < CALLS; n++) {
    const [to, urgent, id] = [dice.pick(NAMES), dice.chance(0.3), newMessageId()];
    if (dice.chance(0.5)) {
      const taskId = newTaskId();
      const call = rig.assign(to, "work", { taskId, messageId: id, urgent });
      if ((await attempt(call, "E_AGENT_STOPPED")) === "E_AGENT_STOPPED") continue;
      ledger.accepted.push({ id, task: taskId });
      ledger.tasks.push(taskId);
    } else {
      const call = rig.send(to, "read", { id, urgent, kind: dice.pick(MESSAGE_KINDS) });
      if ((await attempt(call, "E_AGENT_STOPPED")) === "E_AGENT_STOPPED") continue;
      ledger.accepted.push({ id });
    }
  }
}

/** Works for the agents it has taken over, and now and then takes one from another host. */
async function host(rig: StoreRig, dice: Random, ledger: Ledger): Promise<void> {
  const owned = new Map<AgentId, Owner>();
  const ids = await allAgentIds(rig.store);
  for (let n = 0; n < CALLS; n++) {
    const id = dice.pick(ids);
    const owner = owned.get(id);
    if (owner === undefined || dice.chance(0.05)) {
      const adopted = await rig.adopt(id, { revive: dice.chance(0.5) });
      if (adopted.kind !== "owned") continue;
      owned.set(id, { agentId: id, epoch: adopted.agent.epoch });
    } else if ((await attempt(turn(rig, dice, owner, ledger), "E_FENCED")) === "E_FENCED") {
      owned.delete(id);
    }
  }
}

async function turn(rig: StoreRig, dice: Random, owner: Owner, ledger: Ledger): Promise<void> {
  const name = crypto.randomUUID();
  const taken = await rig.take(owner, name);
  if (taken.kind === "wanted") {
    const state = taken.wanted === "close" ? "cold" : "stopped";
    await rig.end(owner, { state, by: taken.wanted === "stop" ? "stop" : "" });
  }
  if (taken.kind !== "work") return;
  const action = dice.pick(["complete", "complete", "retry", "fail"] as const);
  await rig.finish(owner, name, { action });
  if (action !== "retry") settle(taken.work, ledger);
}

function settle({ message, notes }: Work, ledger: Ledger): void {
  for (const { id } of [message, ...notes]) {
    if (ledger.settled.has(id)) throw new Error(`${id} was settled twice`);
    ledger.settled.add(id);
  }
}

async function closeSome(rig: StoreRig, dice: Random, ledger: Ledger): Promise<void> {
  for (let n = 0; n < CALLS; n++) {
    if (ledger.tasks.length === 0) await rig.raw("PING");
    else {
      const state = dice.pick(["completed", "failed", "cancelled"] as const);
      const closing = { task: dice.pick(ledger.tasks), state, text: "", summary: "" };
      await attempt(closeTask(rig.store, "Cannot close", closing), "E_TASK_CLOSED");
    }
  }
}

async function endSome(rig: StoreRig, dice: Random): Promise<void> {
  for (let n = 0; n < CALLS; n++) {
    const agent = dice.pick(NAMES);
    const how = dice.pick(["close", "stop", "kill"] as const);
    if (dice.chance(0.1)) await requestEnd(rig.store, "Cannot end", { agent, how });
    else await attempt(rig.spawn(agent), "E_AGENT_STOPPED");
  }
}

/** Accepted is queued, taken, dead or settled; and every task ended once at most. */
async function expectAccounted(rig: StoreRig, ledger: Ledger): Promise<void> {
  const town = await lookAtTown(rig.store);
  expect(problemsIn(town)).toEqual([]);
  const there = new Set(allMessages(town).map((raw) => messageIds(raw).id));
  const closed = new Set(town.tasks.filter((task) => !isOpenTask(task)).map(({ id }) => id));
  const lost = ledger.accepted.filter(
    ({ id, task = "" }) => !there.has(id) && !ledger.settled.has(id) && !closed.has(task),
  );
  expect(lost).toEqual([]);
  expect(ledger.accepted.length).toBeGreaterThan(CALLS / 2);
  expect(ledger.settled.size).toBeGreaterThan(CALLS / 4);
  const ends = (await newestEvents(rig.store, 10_000)).filter(({ type }) =>
    ["task_completed", "task_failed", "task_cancelled"].includes(type),
  );
  expect(ends.map(({ taskId }) => taskId ?? "").toSorted()).toEqual([...closed].toSorted());
}

async function rigEvents(rig: StoreRig, type: string): Promise<number> {
  return (await rig.events()).filter((each) => each === type).length;
}
