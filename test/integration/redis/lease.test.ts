import { describe, expect, test } from "bun:test";
import { newAgentId } from "../../../src/core/ids.ts";
import { type Owner, renewLeases } from "../../../src/redis/turn-store.ts";
import { HOST, type StoreRig, storeRig } from "../../support/store-rig.ts";

const LEASE_MS = 60_000;

function beat(rig: StoreRig, owners: readonly Owner[]) {
  return renewLeases(rig.store, { id: HOST, record: '{"pid":7}', leaseMs: LEASE_MS }, owners);
}

/** ms that the lease still runs by the server's clock; undefined without one. */
async function remaining(rig: StoreRig, member: string): Promise<number | undefined> {
  const [seconds] = [await rig.raw("TIME")].flat();
  const expiry = await rig.raw("ZSCORE", rig.store.keys.leases, member);
  return expiry === null ? undefined : Number(expiry) - Number(seconds) * 1000;
}

describe("the lease script", () => {
  test("renews the host's lease and those of all its agents", async () => {
    await using rig = await storeRig();
    const owners = [await rig.own("one"), await rig.own("two")];
    expect(await beat(rig, owners)).toEqual([]);
    for (const member of [`host:${HOST}`, ...owners.map(({ agentId }) => agentId)]) {
      expect(await remaining(rig, member)).toBeWithin(LEASE_MS - 2_000, LEASE_MS + 2_000);
    }
    expect(await rig.raw("HGET", rig.store.keys.hosts, HOST)).toBe('{"pid":7}');
  });

  test("keeps the agents from being adopted by whoever is not sure", async () => {
    await using rig = await storeRig();
    const { id } = await rig.spawn("dev");
    await rig.adopt(id, { leaseMs: 0 });
    await beat(rig, [{ agentId: id, epoch: 1 }]);
    expect(await rig.adopt(id, { sure: false })).toMatchObject({ kind: "leased" });
  });

  test("renews 300 agents in one call", async () => {
    await using rig = await storeRig();
    const names = Array.from({ length: 300 }, (_, n) => `dev-${n}`);
    const owners = await Promise.all(names.map((name) => rig.own(name, { maxAgents: 300 })));
    await rig.raw("DEL", rig.store.keys.leases);
    expect(await beat(rig, owners)).toEqual([]);
    expect(await rig.raw("ZCARD", rig.store.keys.leases)).toBe(301);
  });

  test("reports the agents that are lost, and leaves their new owner's lease alone", async () => {
    await using rig = await storeRig();
    const kept = await rig.own("kept");
    const lost = await rig.own("lost");
    await rig.adopt(lost.agentId, { leaseMs: 1_000 });
    const gone = { agentId: newAgentId(), epoch: 1 };
    expect(await beat(rig, [kept, lost, gone])).toEqual([lost.agentId, gone.agentId]);
    expect(await remaining(rig, kept.agentId)).toBeGreaterThan(LEASE_MS - 2_000);
    expect(await remaining(rig, lost.agentId)).toBeLessThan(3_000);
    expect(await remaining(rig, gone.agentId)).toBeUndefined();
  });

  test("gives an agent that has just ended no lease again", async () => {
    await using rig = await storeRig();
    const owner = await rig.own("dev");
    await rig.end(owner, { by: "stop" });
    expect(await beat(rig, [owner])).toEqual([]);
    expect(await remaining(rig, owner.agentId)).toBeUndefined();
  });

  test("keeps the host's lease without agents", async () => {
    await using rig = await storeRig();
    expect(await beat(rig, [])).toEqual([]);
    expect(await remaining(rig, `host:${HOST}`)).toBeGreaterThan(LEASE_MS - 2_000);
  });
});
