import { expect, test } from "bun:test";
import { TownRig } from "../support/town-rig.ts";
import { waitFor } from "../support/wait-for.ts";

async function hostIsLive(rig: TownRig): Promise<void> {
  const live = async () => (await rig.status()).host.live;
  await waitFor(live, { what: "a live host", timeoutMs: 10_000 });
}

test("tt stop --all in the middle of turns leaves no process, and tt start goes on with all of it", async () => {
  await using rig = await TownRig.create({ name: "evening" });
  await rig.ok("spawn", "dev");
  await rig.ok("spawn", "tester", "--role", "tests");
  for (const agent of ["dev", "tester"]) {
    const task = `SIM: background setsid sleep 1000\nSIM: once hang`;
    await rig.ok("assign", agent, task);
    await rig.ok("assign", agent, "next");
    await rig.hangs(agent);
  }
  await rig.ok("send", "conductor", "--query", "Shall we ship?");
  const stopped = await rig.ok("stop", "--all");
  expect(stopped).toMatch(/^Stopped 2 agents \(dev, tester\), the host, the server\n/);
  expect(rig.processes()).toEqual([]);

  const { agents, totals } = await rig.status();
  expect(agents.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "dev stopped",
    "tester stopped",
  ]);
  expect(totals).toMatchObject({ assigned: 4, running: 0, total: 4 });
  expect(await rig.ok("inbox", "conductor")).toContain("Shall we ship?");

  const start = rig.start(["start"]);
  await hostIsLive(rig);
  await rig.ok("wait", "--timeout", "20s");
  expect((await rig.status()).totals).toMatchObject({ completed: 4, total: 4 });
  start.kill("SIGTERM");
  expect(await start.exited).toMatchObject({ code: null, signal: "SIGTERM", stdout: "" });
});

test("Ctrl-C on tt start stops the agents, gives their work back and dies of the signal", async () => {
  await using rig = await TownRig.create({ name: "front" });
  const start = rig.start(["start"]);
  await hostIsLive(rig);
  await rig.ok("spawn", "dev");
  await rig.ok("assign", "dev", "SIM: background setsid sleep 1000\nSIM: once hang");
  await rig.hangs("dev");
  start.kill("SIGINT");
  const { signal, stdout, stderr } = await start.exited;
  expect({ signal, stdout }).toEqual({ signal: "SIGINT", stdout: "" });
  expect(stderr).toContain('town "front"');
  const { agents, host, totals } = await rig.status();
  expect(agents).toMatchObject([{ name: "dev", state: "stopped", inbox: 1 }]);
  expect(host.live).toBe(false);
  expect(totals).toMatchObject({ assigned: 1, total: 1 });
  expect(rig.processes().map((each) => each.command)).toEqual([
    expect.stringContaining("valkey-server"),
  ]);

  await rig.ok("spawn", "dev");
  await rig.ok("wait", "--timeout", "20s");
  expect((await rig.status()).totals).toMatchObject({ completed: 1, total: 1 });
});

test("tt kill ends the turn with all its processes; tt spawn goes on with the task", async () => {
  await using rig = await TownRig.create({ name: "kills" });
  await rig.ok("spawn", "dev");
  await rig.ok("spawn", "other");
  await rig.ok(
    "assign",
    "dev",
    "SIM: background setsid sleep 1000\nSIM: once hang\nSIM: answer ok",
  );
  await rig.hangs("dev");
  expect(await rig.ok("kill", "dev", "--reason", "wrong branch")).toContain("wrong branch");
  expect(rig.processes()).toHaveLength(2);
  expect((await rig.status()).agents.map((agent) => agent.state)).toEqual(["stopped", "idle"]);

  const refused = await rig.tt(["assign", "dev", "more"]);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain("tt spawn dev");
  await rig.ok("spawn", "dev");
  await rig.ok("wait", "dev", "--timeout", "20s");
  expect((await rig.status()).tasks).toMatchObject([{ state: "completed", result: "ok" }]);
});

test("a background host ends with its last agent, and comes back with the next one", async () => {
  await using rig = await TownRig.create({ name: "short" });
  await rig.ok("spawn", "dev");
  await rig.ok("kill", "dev");
  const ended = () => rig.processes().every((each) => !each.command.includes("start --background"));
  await waitFor(ended, { what: "the end of the host" });
  await rig.ok("spawn", "other");
  await rig.ok("assign", "other", "SIM: answer here");
  await rig.ok("wait", "other", "--timeout", "20s");
  expect((await rig.status()).totals).toMatchObject({ completed: 1 });
});
