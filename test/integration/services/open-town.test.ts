import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Environment, readEnvironment } from "../../../src/config/env.ts";
import { findServerPid } from "../../../src/process/server-pid.ts";
import { listAgents, registerAgent } from "../../../src/services/agents.ts";
import { openTown } from "../../../src/services/open-town.ts";
import { stopTown } from "../../../src/services/stop-town.ts";
import { assignTask, listTasks } from "../../../src/services/tasks.ts";
import type { Town } from "../../../src/services/town.ts";
import { handHost } from "../../support/hand-host.ts";
import { testServer } from "../../support/redis.ts";
import { rejection } from "../../support/rejection.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { testTown } from "../../support/town.ts";

function serverPid(town: Town): number | undefined {
  return findServerPid({
    socket: town.server.socket ?? "",
    dataDirectory: town.paths.serverData,
    pidFile: town.paths.serverPid,
    logFile: town.paths.serverLog,
    startLock: town.paths.serverStartLock,
  });
}

function killServer(town: Town): number {
  const pid = serverPid(town);
  if (pid === undefined) throw new Error("There is no server");
  process.kill(pid, "SIGKILL");
  return pid;
}

describe("openTown()", () => {
  const environment = (more: Partial<Environment>): Environment => ({
    ...readEnvironment(),
    ...more,
  });

  test("names the directory where no town was found", async () => {
    await using directory = await temporaryDirectory();
    const error = await rejection(openTown({ dir: directory.path }));
    expect(error).toMatchObject({
      code: "E_TOWN_NOT_FOUND",
      hint: expect.stringContaining("init"),
    });
    expect(error.message).toContain(directory.path);
  });

  test("finds the town from a directory inside it, and from TINYTOWN_TOWN", async () => {
    await using rig = await testTown();
    const deep = join(rig.root, "a", "b c");
    await mkdir(deep, { recursive: true });
    await using inside = await openTown({ dir: deep, env: rig.env });
    expect(inside.root).toBe(rig.root);
    await using named = await openTown({ env: environment({ town: rig.root, cwd: "/" }) });
    expect(named.root).toBe(rig.root);
  });

  test("says where a setting is wrong", async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, "tinytown.toml"), 'name = "x"\nmax_agent = 3\n');
    const error = await rejection(openTown({ dir: directory.path }));
    expect(error).toMatchObject({ code: "E_CONFIG", hint: 'did you mean "max_agents"?' });
    expect(error.message).toContain("tinytown.toml:2:1: unknown key");
  });

  test.each([false, true])(
    "gives up a server that is not there (long-lived: %p)",
    async (longLived) => {
      await using rig = await testTown();
      const redisUrl = `redis+unix://${join(rig.root, "nobody.sock").replaceAll(" ", "")}`;
      const env = { ...rig.env, redisUrl };
      await using town = await openTown({ dir: rig.root, env, longLived, patienceMs: 50 });
      const error = await rejection(listAgents(town));
      expect(error).toMatchObject({ code: "E_REDIS_UNREACHABLE", hint: expect.any(String) });
      expect(error.message).toContain("nobody.sock");
    },
  );

  test("shows no password", async () => {
    await using rig = await testTown();
    const env = { ...rig.env, redisUrl: "redis://user:secret@127.0.0.1:1/0" };
    await using town = await openTown({ dir: rig.root, env, patienceMs: 1 });
    const error = await rejection(listAgents(town));
    expect(error.message).toContain("redis://***@127.0.0.1:1");
    expect(Bun.inspect([error.message, town.server.display])).not.toContain("secret");
  });

  test("makes one town per directory, and its host's id from machine and directory", async () => {
    await using one = await testTown();
    await using two = await testTown();
    const again = await one.open();
    expect(again.hostId).toBe(one.town.hostId);
    expect(two.town.hostId).not.toBe(one.town.hostId);
  });

  test("rejects calls once it is closed", async () => {
    await using rig = await testTown();
    const town = await rig.open();
    await listAgents(town);
    await town[Symbol.asyncDispose]();
    expect(town.closed.aborted).toBe(true);
    await rejection(listAgents(town));
  });

  test("says once per town that REDIS_URL is used", async () => {
    await using rig = await testTown();
    const { url } = await testServer();
    const env = { ...rig.env, redisUrl: url, redisUrlFrom: "REDIS_URL" } as const;
    await using first = await openTown({ dir: rig.root, env });
    await using second = await openTown({ dir: rig.root, env });
    expect(first.notices).toHaveLength(1);
    expect(second.notices).toEqual([]);
  });
});

describe("the server of the town's own", () => {
  test("starts with the first call, outlives the town, and ends with stopTown", async () => {
    await using rig = await testTown({ server: "managed" });
    const { town } = rig;
    expect(serverPid(town)).toBeUndefined();
    expect(await listAgents(town)).toEqual([]);
    const pid = serverPid(town);
    expect(pid).toBeDefined();
    expect(town.server.socket).not.toContain(" ");
    await town[Symbol.asyncDispose]();
    const again = await rig.open();
    await listAgents(again);
    expect(serverPid(again)).toBe(pid);
    expect(await stopTown(again, { server: true })).toMatchObject({ host: false, server: true });
    expect(serverPid(again)).toBeUndefined();
    expect(existsSync(town.paths.serverData)).toBe(true);
  });

  test("is one for 20 first calls at once", async () => {
    await using rig = await testTown({ server: "managed" });
    const towns = await Promise.all(Array.from({ length: 20 }, () => rig.open()));
    await Promise.all(towns.map((town) => registerAgent(town, { name: "dev" })));
    expect(await listAgents(rig.town)).toHaveLength(1);
  });

  test.each([false, true])(
    "keeps the data when it is killed, and is started again by the next call (long-lived: %p)",
    async (longLived) => {
      await using rig = await testTown({ server: "managed" });
      const town = await rig.open({ longLived });
      await using _host = await handHost(town);
      const { id } = await registerAgent(town, { name: "dev" });
      for (let n = 0; n < 50; n++) await assignTask(town, { agent: id, description: `task ${n}` });
      const pid = killServer(town);
      expect(await listTasks(town)).toHaveLength(50);
      expect(serverPid(town)).not.toBe(pid);
    },
  );

  test.each([false, true])(
    "is started again for a town that finds the socket of a killed one (long-lived: %p)",
    async (longLived) => {
      await using rig = await testTown({ server: "managed" });
      await listAgents(rig.town);
      killServer(rig.town);
      expect(existsSync(rig.town.server.socket ?? "")).toBe(true);
      await using late = await openTown({
        dir: rig.root,
        env: rig.env,
        longLived,
        patienceMs: 5_000,
      });
      expect(await listAgents(late)).toEqual([]);
    },
  );

  test("that cannot be started says why", async () => {
    const variables = { server: "managed", env: { redisServer: "/bin/false" } } as const;
    await using rig = await testTown(variables);
    const error = await rejection(listAgents(rig.town));
    expect(error).toMatchObject({ code: "E_REDIS_UNREACHABLE" });
    expect(error.message).toContain("ended with 1");
  });
});

describe("stopTown()", () => {
  test("starts nothing in order to stop it", async () => {
    await using rig = await testTown({ server: "managed" });
    expect(await stopTown(rig.town, { server: true })).toEqual({
      agents: [],
      host: false,
      server: false,
    });
    expect(existsSync(rig.town.paths.serverData)).toBe(false);
  });
});
