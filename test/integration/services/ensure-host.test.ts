import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { registerAgent, spawnAgent } from "../../../src/services/agents.ts";
import { ensureHost, type HostStart } from "../../../src/services/ensure-host.ts";
import { liveHost } from "../../../src/services/host-record.ts";
import { stopTown } from "../../../src/services/stop-town.ts";
import { assignTask, listTasks } from "../../../src/services/tasks.ts";
import { waitForIdle } from "../../../src/services/wait-for-idle.ts";
import { handHost } from "../../support/hand-host.ts";
import { isRunning, processesOf } from "../../support/processes.ts";
import { rejection } from "../../support/rejection.ts";
import { type TestTown, testTown } from "../../support/town.ts";
import { waitFor } from "../../support/wait-for.ts";

const FIXTURE = resolve(import.meta.dir, "../../fixtures/services/ensure-host.ts");

/** One process per name, all at once. */
async function race(rig: TestTown, names: readonly string[]): Promise<readonly HostStart[]> {
  const racers = names.map((name) =>
    Bun.spawn([process.execPath, FIXTURE, rig.root, name], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...rig.env.all },
    }),
  );
  const texts = await Promise.all(racers.map((racer) => new Response(racer.stdout).text()));
  return texts.map((text) => JSON.parse(text));
}

function hosts(rig: TestTown): readonly number[] {
  return processesOf(rig.root)
    .filter(({ command }) => command.includes("start --background"))
    .map(({ pid }) => pid);
}

describe("ensureHost()", () => {
  test("starts one host and one server for 10 processes that ask at the same time", async () => {
    await using rig = await testTown({ server: "managed" });
    const names = Array.from({ length: 10 }, (_, n) => `dev-${n}`);
    const starts = await race(rig, names);
    expect(starts.filter(({ started }) => started)).toHaveLength(1);
    expect(new Set(starts.map(({ pid }) => pid)).size).toBe(1);
    expect(hosts(rig)).toEqual([starts[0]?.pid ?? 0]);
    const { agents } = await waitForIdle(rig.town, { timeoutMs: 5_000 });
    expect(agents.map(({ name }) => name).toSorted()).toEqual(names);
    for (const agent of names) await assignTask(rig.town, { agent, description: "SIM: answer ok" });
    await waitForIdle(rig.town, { timeoutMs: 10_000 });
    const tasks = await listTasks(rig.town, { state: "completed" });
    expect(tasks.map(({ result }) => result)).toEqual(names.map(() => "ok"));
  }, 20_000);

  test("replaces a host that was killed, however many ask", async () => {
    await using rig = await testTown();
    await spawnAgent(rig.town, { name: "dev" });
    const { pid } = await ensureHost(rig.town);
    process.kill(pid, "SIGKILL");
    await waitFor(() => !isRunning(pid), { what: "the end of the host" });
    expect(liveHost(rig.town)).toBeUndefined();
    const starts = await Promise.all([1, 2, 3, 4].map(() => ensureHost(rig.town)));
    expect(new Set(starts.map((start) => start.pid)).size).toBe(1);
    expect(starts[0]?.pid).not.toBe(pid);
    await waitForIdle(rig.town, { agents: ["dev"], timeoutMs: 5_000 });
  });

  test("leaves no host behind where there is nothing to do", async () => {
    await using rig = await testTown();
    const { pid } = await ensureHost(rig.town);
    await waitFor(() => !isRunning(pid), { what: "the end of the host" });
    expect(liveHost(rig.town)).toBeUndefined();
    await spawnAgent(rig.town, { name: "dev" });
    await waitForIdle(rig.town, { agents: ["dev"], timeoutMs: 5_000 });
  });

  test("says why a host does not start", async () => {
    await using rig = await testTown({
      variables: { TINYTOWN_REDIS_URL: "redis+unix:///no/server" },
    });
    await Bun.write(`${rig.root}/broken/tinytown.toml`, "name = ");
    const town = { ...rig.town, root: `${rig.root}/broken` };
    const error = await rejection(ensureHost(town));
    expect(error).toMatchObject({
      code: "E_HOST_UNAVAILABLE",
      hint: expect.stringContaining("log"),
    });
    expect(error.message).toContain("tinytown.toml");
  });

  test("gives a host nothing of the agent that started it", async () => {
    const variables = {
      TINYTOWN_AGENT_ID: "x",
      TINYTOWN_AGENT_NAME: "y",
      TT_RUN_ID: "z",
      KEPT: "1",
    };
    await using rig = await testTown({ variables });
    await spawnAgent(rig.town, { name: "dev" });
    const { pid } = await ensureHost(rig.town);
    const environment = await Bun.file(`/proc/${pid}/environ`).text();
    expect(environment).toContain("KEPT=1\0");
    expect(environment).not.toMatch(/TINYTOWN_AGENT|TT_RUN_ID/);
  });
});

describe("stopTown()", () => {
  test("leaves no process, and its agents' work in their queues", async () => {
    await using rig = await testTown({ server: "managed" });
    await spawnAgent(rig.town, { name: "hanging" });
    await spawnAgent(rig.town, { name: "idle" });
    await assignTask(rig.town, {
      agent: "hanging",
      description: "SIM: background sleep 600\nSIM: hang",
    });
    const running = () =>
      processesOf(rig.root).filter(({ command }) => /sleep 600|main\.ts sim/.test(command));
    await waitFor(() => running().length >= 2, { what: "the turn and what it left" });
    const stopped = await stopTown(rig.town, { server: false });
    expect(stopped).toEqual({ agents: ["hanging", "idle"], host: true, server: false });
    await waitFor(() => running().length === 0, { what: "the end of what was killed" });
    expect(hosts(rig)).toEqual([]);
    const [task] = await listTasks(rig.town);
    expect(task).toMatchObject({ state: "assigned", attempts: 0 });
    expect(await stopTown(rig.town, { server: true })).toEqual({
      agents: [],
      host: false,
      server: true,
    });
    await rig.town[Symbol.asyncDispose]();
    expect(processesOf(rig.root)).toEqual([]);
  }, 20_000);

  test("ends the agents of a host that was killed, with the processes it left behind", async () => {
    await using rig = await testTown();
    await spawnAgent(rig.town, { name: "dev" });
    await assignTask(rig.town, { agent: "dev", description: "SIM: hang" });
    const sims = () =>
      processesOf(rig.root).filter(({ command }) => command.includes("main.ts sim"));
    await waitFor(() => sims().length > 0, { what: "a turn" });
    const { pid } = await ensureHost(rig.town);
    process.kill(pid, "SIGKILL");
    await waitFor(() => !isRunning(pid), { what: "the end of the host" });
    expect(await stopTown(rig.town, { server: false })).toMatchObject({
      agents: ["dev"],
      host: false,
    });
    await waitFor(() => sims().length === 0, { what: "the end of the turn" });
    expect(await listTasks(rig.town)).toMatchObject([{ state: "assigned" }]);
  });

  test("asks for agents of other machines and ends those of this one", async () => {
    await using rig = await testTown();
    const other = { ...rig.town, hostId: "other-machine" };
    await using host = await handHost(rig.town);
    const { store } = rig.town;
    const owner = await host.own("here");
    const away = await registerAgent(other, {
      name: "away",
    });
    await host[Symbol.asyncDispose]();
    const { agents } = await stopTown(rig.town, { server: false });
    expect(agents).toEqual(["here", "away"]);
    const state = (id: string) =>
      store.port.command("HMGET", [store.keys.agent(id), "state", "wanted"]);
    expect(await state(owner.agentId)).toEqual(["stopped", null]);
    expect(await state(away.id)).toEqual(["starting", "stop"]);
  });
});
