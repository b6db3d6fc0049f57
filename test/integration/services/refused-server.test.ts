import { describe, expect, test } from "bun:test";
import { startServer } from "../../../src/process/managed-server.ts";
import { listAgents, registerAgent } from "../../../src/services/agents.ts";
import { recentEvents } from "../../../src/services/events.ts";
import { readAllInboxes } from "../../../src/services/messages.ts";
import { openTown } from "../../../src/services/open-town.ts";
import { getStatus } from "../../../src/services/status.ts";
import { listTasks } from "../../../src/services/tasks.ts";
import type { Town } from "../../../src/services/town.ts";
import { askServer } from "../../support/ask-server.ts";
import { BUILT_SERVER, managedServerRig } from "../../support/managed-server-rig.ts";
import { rejection } from "../../support/rejection.ts";
import { testTown } from "../../support/town.ts";
import { waitFor } from "../../support/wait-for.ts";

/** A server on a port, set up by these commands. */
async function externalServer(...commands: readonly string[]) {
  const rig = await managedServerRig();
  await startServer(rig.paths, { executable: BUILT_SERVER });
  const port = freePort();
  const ask = (command: string) => askServer(rig.paths.socket, command);
  for (const command of [`CONFIG SET port ${port}`, ...commands]) {
    expect(await ask(command)).toStartWith("+");
  }
  return {
    place: `127.0.0.1:${port}`,
    ask,
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

function freePort(): number {
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  return listener.port;
}

const PASSWORD = "CONFIG SET requirepass hunter2";

describe.each([false, true])("a server that refuses (long-lived: %p)", (longLived) => {
  test.each([
    ["no password", ""],
    ["a wrong password", ":guess@"],
    ["a wrong user", "somebody:hunter2@"],
  ])("%s is named with its hint", async (_, login) => {
    await using server = await externalServer(PASSWORD);
    await using rig = await testTown();
    const env = { ...rig.env, redisUrl: `redis://${login}${server.place}` };
    await using town = await openTown({ dir: rig.root, env, longLived, patienceMs: 2_000 });
    const error = await rejection(listAgents(town));
    expect(error).toMatchObject({
      code: "E_REDIS_REFUSED",
      hint: "check the password in the Redis URL",
    });
    expect(error.message).toStartWith("Cannot use the Redis at redis://");
    expect(error.message).toContain(server.place);
    expect(error.message).toMatch(/NOAUTH|WRONGPASS/);
    expect(error.message).not.toMatch(/guess|hunter2/);
  });

  test("a database it has not is named with its hint", async () => {
    await using server = await externalServer();
    await using rig = await testTown();
    const env = { ...rig.env, redisUrl: `redis://${server.place}/99` };
    await using town = await openTown({ dir: rig.root, env, longLived, patienceMs: 2_000 });
    const error = await rejection(registerAgent(town, { name: "dev" }));
    expect(error).toMatchObject({
      code: "E_REDIS_REFUSED",
      hint: "check the database in the Redis URL",
    });
    expect(await server.ask("DBSIZE")).toBe(":0");
  });

  test("the right password and database nothing", async () => {
    await using server = await externalServer(PASSWORD);
    await using rig = await testTown();
    const env = { ...rig.env, redisUrl: `redis://:hunter2@${server.place}/3` };
    await using town = await openTown({ dir: rig.root, env, longLived });
    await registerAgent(town, { name: "dev" });
    expect(await listAgents(town)).toHaveLength(1);
  });

  test("every call is a user's error, not a bug", async () => {
    await using server = await externalServer("ACL SETUSER reader on nopass +@all -@read ~*");
    await using rig = await testTown();
    const env = { ...rig.env, redisUrl: `redis://reader:x@${server.place}` };
    await using town = await openTown({ dir: rig.root, env, longLived });
    const calls: readonly ((town: Town) => Promise<unknown>)[] = [
      listAgents,
      listTasks,
      getStatus,
      readAllInboxes,
      (open) => recentEvents(open, 10),
    ];
    for (const call of calls) {
      expect(await rejection(call(town))).toMatchObject({ code: "E_REDIS_REFUSED" });
    }
  });

  test("for now is asked again, then it is said why", async () => {
    await using server = await externalServer("CONFIG SET busy-reply-threshold 10");
    await using rig = await testTown();
    const env = { ...rig.env, redisUrl: `redis://${server.place}` };
    await using town = await openTown({ dir: rig.root, env, longLived, patienceMs: 300 });
    await listAgents(town);
    const busy = server.ask('EVAL "while true do end" 0');
    const isBusy = async () => (await server.ask("PING")).startsWith("-BUSY");
    await waitFor(isBusy, { what: "a script without end" });
    const error = await rejection(listAgents(town));
    expect(await server.ask("SCRIPT KILL")).toBe("+OK");
    await busy;
    expect(error).toMatchObject({ code: "E_REDIS_UNREACHABLE" });
    expect(error.message).toContain("is not ready: BUSY");
    expect(await listAgents(town)).toEqual([]);
  });
});
