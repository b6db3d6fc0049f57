import { describe, expect, test } from "bun:test";
import { newAgentId } from "../../../src/core/ids.ts";
import { allAgentIds, requestEnd, resolveAgents } from "../../../src/redis/agent-store.ts";
import { rejection } from "../../support/rejection.ts";
import { HOST, storeRig } from "../../support/store-rig.ts";

describe("the spawn script", () => {
  test("registers an agent that no host has taken over yet", async () => {
    await using rig = await storeRig();
    const fields = { model: "big", max_rounds: "3", cwd: "/srv/a b", env: '{"A":"1"}' };
    const { id, action } = await rig.spawn("dev", { role: "backend", nickname: "d", fields });
    expect(action).toBe("created");
    expect(await rig.agent(id)).toMatchObject({
      id,
      name: "dev",
      nickname: "d",
      role: "backend",
      cli: "sim",
      state: "starting",
      epoch: 0,
      hostId: HOST,
      model: "big",
      maxRounds: 3,
      cwd: "/srv/a b",
    });
    expect(await resolveAgents(rig.store, "Cannot", ["dev", "D", id])).toEqual([id, id, id]);
    expect(await rig.list(rig.store.keys.hostBell(HOST))).toEqual(["1"]);
    expect(await rig.events()).toEqual(["agent_spawned"]);
  });

  test("makes one agent of 20 parallel calls with one name", async () => {
    await using rig = await storeRig();
    const spawned = await Promise.all(Array.from({ length: 20 }, () => rig.spawn("dev")));
    expect(new Set(spawned.map(({ id }) => id)).size).toBe(1);
    expect(spawned.filter(({ action }) => action === "created")).toHaveLength(1);
    expect(spawned.filter(({ action }) => action === "reused")).toHaveLength(19);
    expect(await allAgentIds(rig.store)).toHaveLength(1);
  });

  test("lets exactly max_agents of 30 parallel calls in", async () => {
    await using rig = await storeRig();
    const calls = Array.from({ length: 30 }, (_, n) => rig.spawn(`dev-${n}`, { maxAgents: 10 }));
    const outcomes = await Promise.allSettled(calls);
    const refused = outcomes.flatMap((o) => (o.status === "rejected" ? [o.reason] : []));
    expect(outcomes.length - refused.length).toBe(10);
    for (const error of refused) {
      expect(error).toMatchObject({ code: "E_AGENT_LIMIT" });
      expect(error.message).toContain("max_agents = 10");
    }
    expect(await allAgentIds(rig.store)).toHaveLength(10);
  });

  test("counts only agents that have not ended towards max_agents", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("one", { maxAgents: 1 });
    expect(await rejection(rig.spawn("two", { maxAgents: 1 }))).toMatchObject({
      code: "E_AGENT_LIMIT",
    });
    await rig.end(owner);
    expect((await rig.spawn("two", { maxAgents: 1 })).action).toBe("created");
    const again = rig.spawn("one", { maxAgents: 1 });
    expect(await rejection(again)).toMatchObject({ code: "E_AGENT_LIMIT" });
  });

  test("gives the same answer to a call that is sent again", async () => {
    await using rig = await storeRig();
    const id = newAgentId();
    const first = await rig.spawn("dev", { id });
    expect(await rig.spawn("dev", { id })).toEqual(first);
  });

  test.each([
    ["the same role", { role: "backend" }],
    ["no role", {}],
  ])("reuses a live agent asked for with %s", async (_, more) => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev", { role: "backend" });
    expect(await rig.spawn("dev", more)).toEqual({ id, action: "reused" });
  });

  test.each([
    ["another CLI", { cli: "codex", role: "backend" }],
    ["another role", { role: "frontend" }],
  ])("refuses a live agent asked for with %s", async (_, more) => {
    await using rig = await storeRig();
    await rig.spawn("dev", { role: "backend" });
    const error = await rejection(rig.spawn("dev", more));
    expect(error).toMatchObject({ code: "E_AGENT_EXISTS" });
    expect(error.message).toContain('cli "sim" and role "backend"');
  });

  test("refuses an agent that is draining", async () => {
    await using rig = await storeRig();
    await rig.own("dev");
    await rig.assign("dev", "work");
    await requestEnd(rig.store, "Cannot close", { agent: "dev", how: "close" });
    expect(await rejection(rig.spawn("dev"))).toMatchObject({
      code: "E_AGENT_STOPPED",
      hint: "tt wait dev",
    });
  });

  test.each(["stopped", "cold", "error"] as const)("starts one that is %s again", async (state) => {
    await using rig = await storeRig();
    const owner = await rig.own("dev", {
      run: "r1",
      fields: { model: "big", max_rounds: "1", env: "{}", instructions: "be brief" },
    });
    if (state !== "cold") await rig.assign("dev", "kept");
    await rig.end(owner, { state, reason: "old reason", by: "" });
    const { id, action } = await rig.spawn("dev", { cli: "codex", fields: { cwd: "/x" } });
    expect({ id, action }).toEqual({ id: owner.agentId, action: "restarted" });
    const agent = await rig.agent(id);
    expect(agent).toMatchObject({ state: "starting", cli: "codex", cwd: "/x", roundsCompleted: 0 });
    expect(agent).toMatchObject({ model: undefined, maxRounds: undefined, reason: undefined });
    expect(agent).toMatchObject({ run: undefined, instructions: undefined });
    expect(await rig.list(rig.store.keys.inbox(id))).toHaveLength(state === "cold" ? 0 : 1);
  });

  test("fences the owner of the agent it starts again", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.end(owner);
    await rig.spawn("dev");
    await rig.adopt(owner.agentId);
    expect(await rejection(rig.take(owner))).toMatchObject({ code: "E_FENCED" });
  });

  describe("keeps names apart:", () => {
    test.each([
      ["a name that is a nickname", { name: "bob", more: {} }],
      ["a nickname that is a name", { name: "new", more: { nickname: "dev" } }],
      ["a nickname that is a nickname", { name: "new", more: { nickname: "bob" } }],
    ])("%s", async (_, { name, more }) => {
      await using rig = await storeRig();
      await rig.spawn("dev", { nickname: "bob" });
      expect(await rejection(rig.spawn(name, more))).toMatchObject({ code: "E_AGENT_EXISTS" });
      expect(await allAgentIds(rig.store)).toHaveLength(1);
    });

    test("a nickname is free again when its agent has taken another", async () => {
      await using rig = await storeRig();
      const owner = await rig.own("dev", { nickname: "bob" });
      await rig.end(owner);
      await rig.spawn("dev", { nickname: "rob" });
      expect(await resolveAgents(rig.store, "Cannot", ["rob"])).toEqual([owner.agentId]);
      expect((await rig.spawn("bob")).action).toBe("created");
    });
  });

  test("knows the parent by any reference and refuses one that is not there", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("lead");
    const child = await rig.spawn("child", { parent: "LEAD" });
    expect((await rig.agent(child.id)).parentId).toBe(id);
    expect(await rejection(rig.spawn("other", { parent: "nobody" }))).toMatchObject({
      code: "E_AGENT_NOT_FOUND",
    });
  });
});

describe("the resolve script", () => {
  test("finds agents by name in any case, by nickname, id and start of the id", async () => {
    await using rig = await storeRig();
    const id = newAgentId();
    await rig.spawn("dev", { id, nickname: "bob" });
    const refs = ["dev", "DEV", "bob", id, id.toUpperCase(), id.slice(0, 4), id.slice(0, 13)];
    expect(await resolveAgents(rig.store, "Cannot", refs)).toEqual(refs.map(() => id));
  });

  test("refuses a start of an id that fits several, with the candidates", async () => {
    await using rig = await storeRig();
    const [one, two] = ["aaaaaaaa-1", "aaaaaaaa-2"].map(
      (start) => `${start}${newAgentId().slice(10)}` as ReturnType<typeof newAgentId>,
    );
    await rig.spawn("one", one === undefined ? {} : { id: one });
    await rig.spawn("two", two === undefined ? {} : { id: two });
    const error = await rejection(resolveAgents(rig.store, "Cannot find", ["aaaaaaaa"]));
    expect(error).toMatchObject({ code: "E_AMBIGUOUS" });
    expect(error.message).toContain(`${one}, ${two}`);
  });

  test.each(["nobody", "abc", "", "00", "*", "a".repeat(300), "\u0000", "dev\n"])(
    "finds nobody for %p",
    async (ref) => {
      await using rig = await storeRig();
      await rig.spawn("dev");
      expect(await rejection(resolveAgents(rig.store, "Cannot", [ref]))).toMatchObject({
        code: "E_AGENT_NOT_FOUND",
      });
    },
  );

  test.each(["conductor", "Supervisor", "00000000-0000-0000-0000-000000000001"])(
    "knows the conductor's mailbox as %p",
    async (ref) => {
      await using rig = await storeRig();
      expect(await resolveAgents(rig.store, "Cannot", [ref])).toEqual([
        "00000000-0000-0000-0000-000000000001" as never,
      ]);
    },
  );
});
