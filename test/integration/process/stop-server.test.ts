import { expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { startServer } from "../../../src/process/managed-server.ts";
import { stopServer } from "../../../src/process/stop-server.ts";
import { askServer } from "../../support/ask-server.ts";
import { BUILT_SERVER, managedServerRig } from "../../support/managed-server-rig.ts";

test("stopServer() returns when the server's process is gone", async () => {
  await using rig = await managedServerRig();
  await startServer(rig.paths, { executable: BUILT_SERVER });
  await askServer(rig.paths.socket, "SET key value");
  expect(await stopServer(rig.paths)).toBe("stopped");
  expect(rig.livingServers()).toEqual([]);
  expect(await stopServer(rig.paths)).toBe("absent");
  await startServer(rig.paths, { executable: BUILT_SERVER });
  expect(await askServer(rig.paths.socket, "GET key")).toContain("value");
});

test("stopServer() kills a server that does not obey", async () => {
  await using rig = await managedServerRig();
  await startServer(rig.paths, { executable: BUILT_SERVER });
  const [pid = 0] = rig.livingServers();
  process.kill(pid, "SIGSTOP");
  expect(await stopServer(rig.paths, { timeoutMs: 100 })).toBe("killed");
  expect(rig.livingServers()).toEqual([]);
});

test("stopServer() leaves a stranger alone whose pid is in an old pid file", async () => {
  await using rig = await managedServerRig();
  const stranger = Bun.spawn(["sleep", "60"]);
  await writeFile(rig.paths.pidFile, `${stranger.pid}\n`);
  expect(await stopServer(rig.paths)).toBe("absent");
  expect(stranger.exitCode).toBeNull();
  stranger.kill();
  await stranger.exited;
  expect(stranger.signalCode).toBe("SIGTERM");
});
