import { describe, expect, test } from "bun:test";
import { newAgentId } from "../../../src/core/ids.ts";
import { requestEnd } from "../../../src/redis/agent-store.ts";
import { idleSnapshot } from "../../../src/redis/idle-store.ts";
import { freshTownName } from "../../support/redis.ts";
import { HOST, storeRig } from "../../support/store-rig.ts";

describe("the idle-snapshot script", () => {
  test("shows state, queues, open tasks and host of each agent, in the order asked for", async () => {
    await using rig = await storeRig();
    const one = await rig.own("one");
    const { id: two } = await rig.spawn("two");
    const { taskId } = await rig.assign("one", "work");
    await rig.assign("one", "more");
    await rig.send("one", "now", { urgent: true, kind: "query" });
    await rig.send("one", "by the way", { kind: "info" });
    await rig.work(one, "urgent first");
    await rig.finish(one, "urgent first");
    await rig.work(one, "turn");
    await rig.send("one", "again", { urgent: true });
    expect(await idleSnapshot(rig.store, [two, one.agentId])).toEqual([
      {
        ...{ id: two, name: "two", state: "starting" },
        ...{ inbox: 0, urgent: 0, inFlight: 0, openTasks: 0 },
        ...{ currentTask: undefined, reason: undefined, hostId: HOST },
      },
      {
        ...{ id: one.agentId, name: "one", state: "working" },
        ...{ inbox: 1, urgent: 1, inFlight: 1, openTasks: 2 },
        ...{ currentTask: taskId, reason: undefined, hostId: HOST },
      },
    ]);
  });

  test("counts a turn and its notes as in flight, and notes that wait as nothing", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.send("dev", "by the way", { kind: "info" });
    expect(await idleSnapshot(rig.store, [owner.agentId])).toMatchObject([
      { state: "idle", inbox: 0, urgent: 0, inFlight: 0 },
    ]);
    await rig.send("dev", "do it");
    await rig.work(owner, "turn");
    expect(await idleSnapshot(rig.store, [owner.agentId])).toMatchObject([{ inFlight: 2 }]);
  });

  test("tells of an agent that is gone", async () => {
    await using rig = await storeRig();
    const id = newAgentId();
    expect(await idleSnapshot(rig.store, [id])).toMatchObject([
      { id, name: "", state: undefined, hostId: undefined },
    ]);
  });

  test("without ids shows who has not ended, and who has but left work behind", async () => {
    await using rig = await storeRig();
    await rig.spawn("starting");
    await rig.own("idle");
    await rig.own("draining");
    await requestEnd(rig.store, "Cannot", { agent: "draining", how: "close" });
    const done = await rig.own("done");
    await rig.end(done);
    const left = await rig.own("left");
    await rig.assign("left", "work");
    await rig.end(left, { state: "error", reason: "no CLI", by: "" });
    await rig.assign("conductor", "decide");
    await rig.send("conductor", "hello");
    const rows = await idleSnapshot(rig.store, []);
    const names = rows.map(({ name }) => name).toSorted();
    expect(names).toEqual(["draining", "idle", "left", "starting"]);
    const row = rows.find(({ id }) => id === left.agentId);
    expect(row).toMatchObject({ state: "error", reason: "no CLI", inbox: 1, openTasks: 1 });
  });

  test("is empty in an empty town", async () => {
    await using rig = await storeRig();
    expect(await idleSnapshot(rig.store, [])).toEqual([]);
  });

  test("is of one moment: work handed from agent to agent is always with one of them", async () => {
    const [rounds, town] = [150, freshTownName()];
    await using rig = await storeRig(town);
    await using other = await storeRig(town);
    const [one, two] = [await rig.own("one"), await rig.own("two")];
    const ids = [one.agentId, two.agentId];
    await rig.assign("one", "round 0");
    const hand = async () => {
      for (let n = 0; n < rounds; n++) {
        const [from, to] = n % 2 === 0 ? [one, two] : [two, one];
        await rig.work(from, `turn ${n}`);
        await rig.assign(to.agentId, `round ${n + 1}`);
        await rig.finish(from, `turn ${n}`);
      }
      progress.done = true;
    };
    const progress = { done: false, looks: 0 };
    const look = async () => {
      while (!progress.done) {
        const rows = await idleSnapshot(other.store, ids);
        expect(rows.some(({ openTasks }) => openTasks > 0)).toBe(true);
        progress.looks++;
      }
    };
    await Promise.all([hand(), look()]);
    expect(progress.looks).toBeGreaterThan(rounds / 10);
  });
});
