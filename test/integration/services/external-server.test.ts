import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { listAgents, registerAgent } from "../../../src/services/agents.ts";
import { openTown } from "../../../src/services/open-town.ts";
import { testServer } from "../../support/redis.ts";
import { rejection } from "../../support/rejection.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { testTown } from "../../support/town.ts";

/** Answers like Redis 6.2; only what is asked first matters. */
function oldServer(socket: string) {
  const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
  const answer = (command: string): string => {
    if (/hello/i.test(command)) return `%1\r\n${bulk("proto")}:3\r\n`;
    return /info/i.test(command) ? bulk("# Server\r\nredis_version:6.2.14\r\n") : "+OK\r\n";
  };
  const server = Bun.listen({
    unix: socket,
    socket: {
      data: (connection, bytes) => {
        // Commands come as arrays: *N, then N times $LENGTH and text.
        for (const command of bytes.toString().split(/(?=\*\d+\r\n)/)) {
          connection.write(answer(command));
        }
      },
    },
  });
  return { [Symbol.dispose]: () => server.stop(true) };
}

describe("an external server", () => {
  test.each([false, true])("that is too old is refused (long-lived: %p)", async (longLived) => {
    await using directory = await temporaryDirectory();
    await using rig = await testTown();
    const socket = join(directory.path, "old");
    using _server = oldServer(socket);
    const env = { ...rig.env, redisUrl: `redis+unix://${socket}` };
    await using town = await openTown({ dir: rig.root, env, longLived, patienceMs: 1_000 });
    const error = await rejection(listAgents(town));
    expect(error).toMatchObject({ code: "E_REDIS_TOO_OLD", hint: expect.any(String) });
    expect(error.message).toContain("is version 6.2.14, tt needs 7.0");
  });

  test("is the one in the environment, else the URL of the configuration", async () => {
    const { url } = await testServer();
    await using rig = await testTown({ config: '[redis]\nurl = "redis://127.0.0.1:1"\n' });
    expect(rig.town.server).toMatchObject({ managed: false, url, socket: undefined });
    await registerAgent(rig.town, { name: "dev" });
    const env = { ...rig.env, redisUrl: undefined, redisUrlFrom: undefined };
    await using configured = await openTown({ dir: rig.root, env, patienceMs: 1 });
    expect(configured.server.url).toBe("redis://127.0.0.1:1");
    expect(await rejection(listAgents(configured))).toMatchObject({ code: "E_REDIS_UNREACHABLE" });
  });

  test("is host and port where the town wants no socket", async () => {
    const config = '[redis]\nuse_socket = false\nport = 7001\npassword = "p@ss:w"\n';
    await using rig = await testTown({ config });
    const env = { ...rig.env, redisUrl: undefined, redisUrlFrom: undefined };
    await using town = await openTown({ dir: rig.root, env });
    expect(town.server.url).toBe("redis://:p%40ss%3Aw@127.0.0.1:7001");
    expect(town.server.display).toBe("redis://***@127.0.0.1:7001");
  });

  test("keeps towns of different names apart", async () => {
    await using one = await testTown();
    await using two = await testTown();
    await registerAgent(one.town, { name: "dev" });
    expect(await listAgents(two.town)).toEqual([]);
    expect(await listAgents(one.town)).toHaveLength(1);
  });
});
