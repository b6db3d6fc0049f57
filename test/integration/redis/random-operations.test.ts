import { expect, test } from "bun:test";
import { asAgentId, newAgentId, newMessageId, newTaskId } from "../../../src/core/ids.ts";
import { MESSAGE_KINDS } from "../../../src/core/message.ts";
import { TASK_STATES } from "../../../src/core/task.ts";
import { requestEnd } from "../../../src/redis/agent-store.ts";
import { idleSnapshot } from "../../../src/redis/idle-store.ts";
import { peekQueues } from "../../../src/redis/inbox-store.ts";
import { closeTask, taskIds } from "../../../src/redis/task-store.ts";
import type { Owner } from "../../../src/redis/turn-store.ts";
import { type Random, random } from "../../support/random.ts";
import { type StoreRig, storeRig } from "../../support/store-rig.ts";
import { hasEnded, isOpen, MAX_ATTEMPTS, type ModelAgent, TownModel } from "./town-model.ts";

const STEPS = 400;
const NAMES = ["ann", "bob", "cyd"];

/** One town, its model, and the dice that decide what happens. */
interface Game {
  readonly rig: StoreRig;
  readonly model: TownModel;
  readonly dice: Random;
}

type Step = (game: Game, agent: ModelAgent) => Promise<void>;

const ownerOf = (agent: ModelAgent): Owner => ({
  agentId: asAgentId(agent.id),
  epoch: agent.epoch,
});

const STEP_WEIGHTS: readonly (readonly [number, string, Step])[] = [
  [4, "assign", assign],
  [4, "send", send],
  [8, "take", take],
  [6, "finish", finish],
  [2, "close a task", decide],
  [2, "adopt", adopt],
  [1, "end", end],
  [1, "request an end", request],
  [2, "spawn", async (game) => spawn(game, game.dice.pick(NAMES))],
];

async function spawn({ rig, model }: Game, name: string): Promise<void> {
  const id = newAgentId();
  await rig.spawn(name, { id }).catch(codeIs("E_AGENT_STOPPED"));
  model.spawn(id, name);
}

async function assign({ rig, model, dice }: Game, agent: ModelAgent): Promise<void> {
  const [taskId, messageId, urgent] = [newTaskId(), newMessageId(), dice.chance(0.3)];
  const call = rig.assign(agent.name, "work", { taskId, messageId, urgent });
  if (hasEnded(agent) || agent.state === "draining") await call.catch(codeIs("E_AGENT_STOPPED"));
  else {
    await call;
    model.assign(taskId, messageId, agent, urgent);
  }
}

async function send({ rig, model, dice }: Game, agent: ModelAgent): Promise<void> {
  const [id, kind, urgent] = [newMessageId(), dice.pick(MESSAGE_KINDS), dice.chance(0.3)];
  const call = rig.send(agent.name, "work", { id, kind, urgent });
  if (hasEnded(agent)) await call.catch(codeIs("E_AGENT_STOPPED"));
  else {
    await call;
    model.send(id, agent, kind, urgent);
  }
}

async function take({ rig, model, dice }: Game, agent: ModelAgent): Promise<void> {
  if (hasEnded(agent) || agent.state === "starting") return;
  const turn = agent.turn !== undefined && dice.chance(0.7) ? agent.turn : crypto.randomUUID();
  const taken = await rig.take(ownerOf(agent), turn);
  const expected = model.take(agent, turn);
  expect(taken.kind === "work" ? String(taken.work.message.id) : undefined).toBe(expected?.id);
  if (taken.kind === "work" && expected) {
    expect(taken.work.attempts).toBe(model.attemptsOf(expected));
    expect(taken.work.notes.map(({ id }) => String(id))).toEqual(
      agent.taken?.notes.map(({ id }) => id) ?? [],
    );
  }
}

async function finish({ rig, model, dice }: Game, agent: ModelAgent): Promise<void> {
  if (agent.turn === undefined) return;
  const action = dice.pick(["complete", "complete", "retry", "fail"] as const);
  const counts = dice.chance(0.5);
  const { turn } = agent;
  await rig.finish(ownerOf(agent), turn, { action, counts, outcome: "failed" });
  model.finish(agent, action, counts);
  if (dice.chance(0.2)) await rig.finish(ownerOf(agent), turn, { action: "fail" }); // sent again
}

async function decide({ rig, model, dice }: Game): Promise<void> {
  const task = dice.pick([...model.tasks, undefined]);
  if (task === undefined) return;
  const state = dice.pick(["completed", "failed", "cancelled"] as const);
  const call = closeTask(rig.store, "Cannot", { task: task.id, state, text: "", summary: "" });
  if (!isOpen(task)) await call.then(() => undefined, codeIs("E_TASK_CLOSED"));
  else {
    await call;
    task.state = state;
  }
}

async function adopt({ rig, model, dice }: Game, agent: ModelAgent): Promise<void> {
  const revive = dice.chance(0.5);
  await rig.adopt(asAgentId(agent.id), { revive, maxAttempts: MAX_ATTEMPTS });
  model.adopt(agent, revive);
}

async function end({ rig, model, dice }: Game, agent: ModelAgent): Promise<void> {
  const state = dice.pick(["stopped", "stopped", "cold", "error"] as const);
  const by = state === "stopped" && dice.chance(0.5) ? "stop" : "";
  await rig.end(ownerOf(agent), { state, by, reason: "" });
  model.end(agent, state, by);
}

async function request({ rig, model, dice }: Game, agent: ModelAgent): Promise<void> {
  const how = dice.pick(["close", "close", "close", "stop", "kill"] as const);
  await requestEnd(rig.store, "Cannot", { agent: agent.name, how });
  model.requestEnd(agent, how);
}

function codeIs(code: string): (error: unknown) => void {
  return (error) => expect(error).toMatchObject({ code });
}

async function compare({ rig, model }: Game): Promise<void> {
  const busy = model.agents.filter((agent) => model.isBusy(agent)).map(({ id }) => id);
  expect(await rig.busy()).toEqual(busy.toSorted());
  const rows = await idleSnapshot(
    rig.store,
    model.agents.map(({ id }) => asAgentId(id)),
  );
  const seen = rows.map((row) => ({
    ...{ name: row.name, state: row.state, urgent: row.urgent, inbox: row.inbox },
    ...{ inFlight: row.inFlight, open: row.openTasks, task: row.currentTask },
  }));
  expect(seen).toEqual(
    model.agents.map((agent) => ({
      ...{ name: agent.name, state: agent.state },
      ...{ urgent: agent.urgent.length, inbox: agent.inbox.length },
      inFlight: agent.taken ? 1 + agent.taken.notes.length : 0,
      open: model.openTasks(agent),
      task: agent.taken?.work.task?.id,
    })),
  );
}

/** The order of every queue and every index of tasks. */
async function compareAll({ rig, model }: Game): Promise<void> {
  for (const agent of model.agents) {
    const queues = await peekQueues(rig.store, asAgentId(agent.id), 1_000);
    for (const name of ["urgent", "inbox", "notes"] as const) {
      expect(queues[name].map(({ id }) => String(id))).toEqual(agent[name].map(({ id }) => id));
    }
    expect(await rig.list(rig.store.keys.dead(agent.id))).toHaveLength(agent.dead);
  }
  for (const state of TASK_STATES) {
    const ids = model.tasks.filter((task) => task.state === state).map(({ id }) => id);
    expect((await taskIds(rig.store, state)).map(String)).toEqual(ids.toSorted());
  }
}

const seeds = [1, 2, 3, Math.floor(Math.random() * 2 ** 31)];

test.each(seeds)("the scripts agree with a simple model, seed %p", async (seed) => {
  await using rig = await storeRig();
  const game: Game = { rig, model: new TownModel(), dice: random(seed) };
  const steps = STEP_WEIGHTS.flatMap(([weight, ...step]) =>
    Array.from({ length: weight }, () => step),
  );
  const done: string[] = [];
  await spawn(game, "ann");
  try {
    for (let n = 0; n < STEPS; n++) {
      const [name, step] = game.dice.pick(steps);
      const agent = game.dice.pick(game.model.agents);
      done.push(`${name} (${agent.name})`);
      await step(game, agent);
      await compare(game);
    }
    await compareAll(game);
  } catch (error) {
    throw new Error(`After ${done.length} steps, the last: ${done.slice(-8).join(", ")}`, {
      cause: error,
    });
  }
});
