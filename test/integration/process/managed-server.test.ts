import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UnavailableError } from "../../../src/core/errors.ts";
import { ensureServer, startServer } from "../../../src/process/managed-server.ts";
import { probeServer } from "../../../src/process/probe-server.ts";
import { findServerPid } from "../../../src/process/server-pid.ts";
import { askServer } from "../../support/ask-server.ts";
import { BUILT_SERVER, managedServerRig } from "../../support/managed-server-rig.ts";
import { waitFor } from "../../support/wait-for.ts";

const executable = async () => BUILT_SERVER;

test("startServer() starts a private server in a session of its own", async () => {
  await using rig = await managedServerRig();
  await startServer(rig.paths, { executable: BUILT_SERVER });
  const pid = await waitFor(() => findServerPid(rig.paths), { what: "pid" });
  expect(await askServer(rig.paths.socket, "PING")).toBe("+PONG");
  expect(statSync(rig.paths.socket).mode & 0o777).toBe(0o700);
  expect(statSync(rig.paths.dataDirectory).mode & 0o777).toBe(0o700);
  expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain("PATH=");
  const session = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3];
  expect(session).toBe(String(pid));
});

test("startServer() keeps every acknowledged write over kill -9", async () => {
  await using rig = await managedServerRig();
  await ensureServer(rig.paths, { executable });
  for (let n = 0; n < 100; n += 1) await askServer(rig.paths.socket, `RPUSH list item-${n}`);
  const [first = 0] = rig.livingServers();
  process.kill(first, "SIGKILL");
  expect(await ensureServer(rig.paths, { executable })).toBe("started");
  expect(await askServer(rig.paths.socket, "LLEN list")).toBe(":100");
  expect(rig.livingServers()).not.toContain(first);
});

test("startServer() writes a log of commands that any server family can read", async () => {
  await using rig = await managedServerRig();
  await startServer(rig.paths, { executable: BUILT_SERVER, appendFsync: "always" });
  await askServer(rig.paths.socket, "SET key value");
  const fsync = await askServer(rig.paths.socket, "CONFIG GET appendfsync");
  expect(fsync).toContain("always");
  await askServer(rig.paths.socket, "BGREWRITEAOF");
  const base = join(rig.paths.dataDirectory, "appendonlydir", "appendonly.aof.2.base.aof");
  await waitFor(() => existsSync(base), { what: "rewritten log" });
  expect(readFileSync(base, "utf8")).toContain("SET\r\n$3\r\nkey");
});

test("startServer() says what the server complained about", async () => {
  await using rig = await managedServerRig();
  const log = join(rig.paths.dataDirectory, "appendonlydir");
  await mkdir(log, { recursive: true });
  await writeFile(join(log, "appendonly.aof.manifest"), "no manifest\n");
  const attempt = startServer(rig.paths, { executable: BUILT_SERVER });
  await expect(attempt).rejects.toThrow(/it ended with 1: .*manifest/);
  await expect(attempt).rejects.toBeInstanceOf(UnavailableError);
});

test("startServer() names a program that cannot be run", async () => {
  await using rig = await managedServerRig();
  const missing = join(rig.directory, "no-such-server");
  const attempt = startServer(rig.paths, { executable: missing });
  await expect(attempt).rejects.toMatchObject({ code: "E_REDIS_MISSING" });
});

test("startServer() refuses a socket path the system cannot take", async () => {
  await using rig = await managedServerRig();
  const paths = { ...rig.paths, socket: join(rig.directory, "x".repeat(120)) };
  const attempt = startServer(paths, { executable: BUILT_SERVER });
  await expect(attempt).rejects.toThrow("is longer than 107 bytes");
});

test("startServer() replaces a server that has lost its socket and pid file", async () => {
  await using rig = await managedServerRig();
  await ensureServer(rig.paths, { executable });
  await askServer(rig.paths.socket, "SET key value");
  const before = rig.livingServers();
  await rm(rig.paths.socket);
  await rm(rig.paths.pidFile);
  expect(await ensureServer(rig.paths, { executable })).toBe("started");
  expect(await askServer(rig.paths.socket, "GET key")).toContain("value");
  expect(rig.livingServers()).toHaveLength(1);
  expect(rig.livingServers()).not.toEqual(before);
});

test("ensureServer() names the process that hangs", async () => {
  await using rig = await managedServerRig();
  await ensureServer(rig.paths, { executable });
  const [pid = 0] = rig.livingServers();
  process.kill(pid, "SIGSTOP");
  const attempt = ensureServer(rig.paths, { executable, timeoutMs: 100 });
  await expect(attempt).rejects.toMatchObject({ hint: expect.stringContaining(`kill -9 ${pid}`) });
  process.kill(pid, "SIGCONT");
});

test("ensureServer() ends what it has started when its signal is aborted", async () => {
  await using rig = await managedServerRig();
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(ensureServer(rig.paths, { executable, signal })).rejects.toThrow("enough");
  await waitFor(() => rig.livingServers().length === 0, { what: "no server" });
});

test("probeServer() tells a missing, a serving and a hanging server apart", async () => {
  await using rig = await managedServerRig();
  const { socket } = rig.paths;
  expect(await probeServer(socket)).toBe("down");
  await startServer(rig.paths, { executable: BUILT_SERVER });
  expect(await probeServer(socket)).toBe("up");
  const [pid = 0] = rig.livingServers();
  process.kill(pid, "SIGSTOP");
  expect(await probeServer(socket, { timeoutMs: 50 })).toBe("busy");
  process.kill(pid, "SIGKILL");
  await waitFor(async () => (await probeServer(socket)) === "down", { what: "stale socket" });
});
