import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { startServer } from "../../../src/process/managed-server.ts";
import { connectBun } from "../../../src/redis/bun-client.ts";
import { connectIoredis } from "../../../src/redis/ioredis-client.ts";
import { ConnectionLostError, type RedisPort } from "../../../src/redis/port.ts";
import { BUILT_SERVER, managedServerRig } from "../../support/managed-server-rig.ts";
import { rejection } from "../../support/rejection.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

interface ConnectOptions {
  readonly commandTimeoutMs?: number;
}
type Connect = (url: string, options?: ConnectOptions) => Promise<RedisPort>;

const CLIENTS: readonly [string, Connect][] = [
  ["Bun's client", async (url, options) => connectBun(url, options)],
  ["ioredis", connectIoredis],
];

/** A server of the test's own, and a port to it. */
async function servedPort(connect: Connect, options?: ConnectOptions) {
  const rig = await managedServerRig();
  await startServer(rig.paths, { executable: BUILT_SERVER });
  const port = await connect(`redis+unix://${rig.paths.socket}`, options);
  await port.command("PING", []);
  return {
    port,
    signal: (name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void => {
      for (const pid of rig.livingServers()) process.kill(pid, name);
    },
    [Symbol.asyncDispose]: async () => {
      port.close();
      await rig[Symbol.asyncDispose]();
    },
  };
}

describe.each(CLIENTS)("a port of %s", (_, connect) => {
  test("rejects pending and later calls when the server is killed", async () => {
    await using served = await servedPort(connect);
    const { port } = served;
    const calls = [port.blockingPop(["list"], 30), port.command("PING", [])];
    for (const call of calls) call.catch(() => undefined);
    served.signal("SIGKILL");
    for (const call of calls) expect(await rejection(call)).toBeInstanceOf(ConnectionLostError);
    expect(await rejection(port.command("PING", []))).toBeInstanceOf(ConnectionLostError);
  });

  test("rejects by its deadline when the server hangs", async () => {
    await using served = await servedPort(connect, { commandTimeoutMs: 50 });
    served.signal("SIGSTOP");
    expect(await rejection(served.port.command("PING", []))).toBeInstanceOf(ConnectionLostError);
    expect(await rejection(served.port.hashGetAll("k"))).toBeInstanceOf(ConnectionLostError);
    served.signal("SIGCONT");
  });

  test("rejects a connection to a socket where nobody listens", async () => {
    await using directory = await temporaryDirectory();
    const attempt = connect(`redis+unix://${join(directory.path, "s")}`).then((port) =>
      port.command("PING", []),
    );
    expect(await rejection(attempt)).toBeInstanceOf(ConnectionLostError);
  });
});

test("every port gives up blocked reads that the server does not end in time", async () => {
  // Together, because each takes the watchdog's two seconds.
  const results = CLIENTS.flatMap(([name, connect]) => [
    { name, read: (port: RedisPort) => port.blockingPop(["list"], 0.05), connect },
    { name, read: (port: RedisPort) => port.readStream("stream", "0-0", 50), connect },
  ]).map(async ({ read, connect }) => {
    await using served = await servedPort(connect);
    served.signal("SIGSTOP");
    const outcome = await read(served.port).catch((error: unknown) => error);
    served.signal("SIGCONT");
    return outcome;
  });
  for (const outcome of await Promise.all(results))
    expect(outcome).toBeInstanceOf(ConnectionLostError);
});

test("every port gives up a listener that never answers", async () => {
  await using directory = await temporaryDirectory();
  const socket = join(directory.path, "s");
  using _listener = Bun.listen({ unix: socket, socket: { data: () => undefined } });
  for (const [, connect] of CLIENTS) {
    const attempt = connect(`redis+unix://${socket}`, { commandTimeoutMs: 50 }).then((port) =>
      port.command("PING", []),
    );
    expect(await rejection(attempt)).toBeInstanceOf(ConnectionLostError);
  }
});
