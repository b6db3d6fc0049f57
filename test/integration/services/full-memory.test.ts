import { expect, test } from "bun:test";
import { getAgent, registerAgent } from "../../../src/services/agents.ts";
import { readInbox, sendMessage } from "../../../src/services/messages.ts";
import { getStatus } from "../../../src/services/status.ts";
import { assignTask, completeTask, getTask } from "../../../src/services/tasks.ts";
import { waitForIdle } from "../../../src/services/wait-for-idle.ts";
import { handHost } from "../../support/hand-host.ts";
import { rejection } from "../../support/rejection.ts";
import { testTown } from "../../support/town.ts";

test("with its memory full a server takes nothing new, but lets all that is there be done", async () => {
  await using rig = await testTown({ server: "managed" });
  const { town } = rig;
  await using host = await handHost(town);
  const owner = await host.own("dev");
  const first = await assignTask(town, { agent: "dev", description: "one" });
  const second = await assignTask(town, { agent: "dev", description: "two" });
  await sendMessage(town, { to: "dev", text: "fyi", kind: "info" });
  await town.store.port.command("CONFIG", ["SET", "maxmemory", 1]);

  for (const call of [
    assignTask(town, { agent: "dev", description: "three" }),
    sendMessage(town, { to: "dev", text: "four" }),
    registerAgent(town, { name: "other" }),
  ]) {
    expect(await rejection(call)).toMatchObject({
      code: "E_REDIS_REFUSED",
      hint: "the server has reached its maxmemory",
    });
  }
  const turn = await host.turn(owner);
  expect(turn.work.notes).toHaveLength(1);
  await turn.done("did it");
  expect(await getTask(town, first.taskId)).toMatchObject({ state: "completed", result: "did it" });
  await completeTask(town, { task: second.taskId });
  expect((await rejection(host.turn(owner))).message).toContain("nothing");
  await waitForIdle(town, { agents: ["dev"], timeoutMs: 1_000 });
  expect((await getStatus(town)).totals).toMatchObject({ completed: 2, total: 2 });
  expect((await readInbox(town, "dev")).messages).toEqual([]);
  await host.end(owner);
  expect((await getAgent(town, "dev")).state).toBe("stopped");

  await town.store.port.command("CONFIG", ["SET", "maxmemory", 0]);
  expect(await registerAgent(town, { name: "dev" })).toMatchObject({ action: "restarted" });
});
