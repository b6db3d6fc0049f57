import { describe, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { requestEnd } from "../../../src/redis/agent-store.ts";
import { registerAgent } from "../../../src/services/agents.ts";
import { outputFile } from "../../../src/services/logs.ts";
import { sendMessage } from "../../../src/services/messages.ts";
import { assignTask, cancelTask } from "../../../src/services/tasks.ts";
import type { Town } from "../../../src/services/town.ts";
import { waitForEnd } from "../../../src/services/wait-for-end.ts";
import {
  type WaitingAgent,
  waitForIdle,
  waitingText,
} from "../../../src/services/wait-for-idle.ts";
import { waitForTask } from "../../../src/services/wait-for-task.ts";
import { handHost } from "../../support/hand-host.ts";
import { rejection } from "../../support/rejection.ts";
import { testTown } from "../../support/town.ts";
import { waitFor } from "../../support/wait-for.ts";

/** Whether it has settled, for what must still be waiting. */
function watch<T>(promise: Promise<T>) {
  const state = { settled: false };
  const mark = (): void => {
    state.settled = true;
  };
  promise.then(mark, mark);
  return state;
}

/** Long enough for an event on its way to arrive: one more event has made the round. */
async function oneEventLater(town: Town): Promise<void> {
  using subscription = await town.feed.subscribe((event) => event.type === "message_sent");
  await sendMessage(town, { to: "conductor", text: "tick" });
  await subscription.next();
  await Bun.sleep(1); // lets whoever heard the same event look
}

describe("waitForIdle()", () => {
  test("resolves at once when all are idle already", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    await host.own("a");
    await host.own("b");
    const { agents, waitedMs } = await waitForIdle(rig.town, { agents: ["a", "B"] });
    expect(agents.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(waitedMs).toBeLessThan(1_000);
  });

  test("resolves at once in a town without agents", async () => {
    await using rig = await testTown();
    expect((await waitForIdle(rig.town)).agents).toEqual([]);
  });

  test("does not take starting for idle", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const { id } = await registerAgent(rig.town, { name: "dev" });
    const waiting = waitForIdle(rig.town, { agents: ["dev"] });
    const state = watch(waiting);
    await oneEventLater(rig.town);
    expect(state.settled).toBe(false);
    await host.adopt({ id, name: "dev" } as never);
    expect((await waiting).agents).toHaveLength(1);
  });

  test("waits for what is queued, taken and open", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const owner = await host.own("dev");
    await assignTask(rig.town, { agent: "dev", description: "one" });
    await sendMessage(rig.town, { to: "dev", text: "two" });
    const state = watch(waitForIdle(rig.town, { agents: ["dev"] }));
    for (const expected of ["one", "two"]) {
      const turn = await host.turn(owner);
      expect(turn.work.task?.description ?? turn.work.message.text).toBe(expected);
      await oneEventLater(rig.town);
      expect(state.settled).toBe(false);
      await turn.done();
    }
    await waitFor(() => state.settled, { what: "the end of the wait", timeoutMs: 1_000 });
  });

  test("does not wait for information that starts no turn", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    await host.own("dev");
    await sendMessage(rig.town, { to: "dev", text: "fyi", kind: "info" });
    await waitForIdle(rig.town, { agents: ["dev"], timeoutMs: 1_000 });
  });

  test("follows work that one agent hands over to the other and back", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const owners = { a: await host.own("a"), b: await host.own("b") };
    await assignTask(rig.town, { agent: "a", description: "start" });
    const waits = [["a", "b"], undefined].map((agents) => watch(waitForIdle(rig.town, { agents })));
    for (const [worker, next] of [
      ["a", "b"],
      ["b", "a"],
      ["a", "b"],
    ] as const) {
      const turn = await host.turn(owners[worker]);
      await sendMessage(rig.town, { to: next, text: "yours" });
      await turn.done();
      await oneEventLater(rig.town);
      expect(waits.map(({ settled }) => settled)).toEqual([false, false]);
    }
    await (await host.turn(owners.b)).done();
    await waitFor(() => waits.every(({ settled }) => settled), { what: "both waits" });
  });

  test("wakes two waiters of one process, each for its own agents", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const owners = [await host.own("a"), await host.own("b")];
    for (const agent of ["a", "b"]) await assignTask(rig.town, { agent, description: "x" });
    const [a, b] = ["a", "b"].map((agent) => watch(waitForIdle(rig.town, { agents: [agent] })));
    for (const [owner, mine, other] of [[owners[0], a, b]] as const) {
      if (owner) await (await host.turn(owner)).done();
      await waitFor(() => mine?.settled, { what: "the first waiter" });
      expect(other?.settled).toBe(false);
    }
    if (owners[1]) await (await host.turn(owners[1])).done();
    await waitFor(() => b?.settled, { what: "the second waiter" });
  });

  test("wakes when what was queued is cancelled", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const owner = await host.own("dev");
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: "x" });
    const state = watch(waitForIdle(rig.town, { agents: ["dev"] }));
    await cancelTask(rig.town, { task: taskId });
    expect((await rejection(host.turn(owner))).message).toContain("nothing");
    await waitFor(() => state.settled, { what: "the end of the wait", timeoutMs: 1_000 });
  });

  test.each([
    ["stopped", "E_AGENT_STOPPED", /is stopped \(because\)/],
    ["cold", "E_AGENT_STOPPED", /is cold/],
    ["error", "E_AGENT_FAILED", /\(because\)/],
  ] as const)(
    "rejects when an agent is or becomes %s, with its last lines",
    async (to, code, words) => {
      await using rig = await testTown();
      await using host = await handHost(rig.town);
      const owner = await host.own("dev");
      await assignTask(rig.town, { agent: "dev", description: "x" });
      const turn = await host.turn(owner);
      const waiting = rejection(waitForIdle(rig.town, { agents: ["dev"] }));
      await oneEventLater(rig.town);
      if (to === "cold") await requestEnd(rig.town.store, "Cannot", { agent: "dev", how: "close" });
      if (to === "cold") await turn.done();
      const log = outputFile(rig.town, "dev");
      await mkdir(rig.town.paths.logDir("dev"), { recursive: true });
      await writeFile(log, Array.from({ length: 9 }, (_, n) => `line ${n}\n`).join(""));
      await host.end(owner, { state: to, reason: "because", by: "" });
      for (const error of [
        await waiting,
        await rejection(waitForIdle(rig.town, { agents: ["dev"] })),
      ]) {
        expect(error).toMatchObject({ code, hint: expect.stringContaining("line 8") });
        expect(error.message).toMatch(words);
      }
    },
  );

  test("rejects for an agent or a mailbox that cannot be waited for", async () => {
    await using rig = await testTown();
    for (const agent of ["nobody", "conductor"]) {
      const error = await rejection(waitForIdle(rig.town, { agents: [agent] }));
      expect(error).toMatchObject({ code: "E_AGENT_NOT_FOUND" });
      expect(error.message).toContain(`"${agent}"`);
    }
  });

  test("times out with who is not idle, on what", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    await host.own("calm");
    const owner = await host.own("busy");
    const { taskId } = await assignTask(rig.town, { agent: "busy", description: "x" });
    await assignTask(rig.town, { agent: "busy", description: "y" });
    await host.turn(owner);
    const seen: (readonly WaitingAgent[])[] = [];
    const wait = { timeoutMs: 60, progressMs: 10, onProgress: seen.push.bind(seen) };
    const error = await rejection(waitForIdle(rig.town, wait));
    expect(error).toMatchObject({
      code: "E_TIMEOUT",
      hint: "tt status --deep shows what they are doing",
    });
    expect(error.message).toBe(
      `Not idle in time: busy is working on task ${taskId}, 1 queued (0s)`,
    );
    expect(seen[0]).toMatchObject([{ agent: "busy", state: "working", inbox: 1, task: taskId }]);
  });

  test("stops when it is aborted, also before it has begun to wait", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    await host.own("dev");
    await assignTask(rig.town, { agent: "dev", description: "x" });
    const controller = new AbortController();
    const waiting = rejection(waitForIdle(rig.town, { signal: controller.signal }));
    controller.abort(new Error("enough"));
    expect((await waiting).message).toBe("enough");
    const late = waitForIdle(rig.town, { signal: AbortSignal.abort(new Error("before")) });
    expect((await rejection(late)).message).toBe("before");
  });

  test("keeps its time limit and its signal while the server does not answer", async () => {
    await using rig = await testTown({ server: "managed" });
    const town = await rig.open({ longLived: true });
    await using host = await handHost(town);
    await host.own("dev");
    await assignTask(town, { agent: "dev", description: "x" });
    const pid = Number(
      (await town.store.port.command("INFO", ["server"]))
        ?.toString()
        .match(/process_id:(\d+)/)?.[1],
    );
    process.kill(pid, "SIGSTOP");
    try {
      const late = rejection(waitForIdle(town, { agents: ["dev"], timeoutMs: 50 }));
      const aborted = rejection(
        waitForTask(town, { task: "x" as never, signal: AbortSignal.timeout(50) }),
      );
      expect(await late).toMatchObject({ code: "E_TIMEOUT" });
      expect((await aborted).name).toBe("TimeoutError");
    } finally {
      process.kill(pid, "SIGCONT");
    }
  });

  test("survives the loss of its connection", async () => {
    await using rig = await testTown({ server: "managed" });
    const town = await rig.open({ longLived: true });
    await using host = await handHost(town);
    const owner = await host.own("dev");
    await assignTask(town, { agent: "dev", description: "x" });
    const waiting = waitForIdle(town, { agents: ["dev"] });
    await oneEventLater(town);
    const turn = await host.turn(owner);
    await rig.town.store.port.command("CLIENT", ["KILL", "TYPE", "normal", "SKIPME", "yes"]);
    await turn.done();
    expect((await waiting).agents).toHaveLength(1);
  });
});

describe("waitForTask()", () => {
  test.each(["completed", "cancelled"] as const)(
    "resolves with a task that is %s",
    async (state) => {
      await using rig = await testTown();
      await using host = await handHost(rig.town);
      const owner = await host.own("dev");
      const { taskId } = await assignTask(rig.town, { agent: "dev", description: "x" });
      const waiting = waitForTask(rig.town, { task: taskId });
      const turn = await host.turn(owner);
      if (state === "cancelled") await cancelTask(rig.town, { task: taskId, reason: "no" });
      await turn.done("the answer");
      const text = state === "completed" ? { result: "the answer" } : { error: "no" };
      expect(await waiting).toMatchObject({ id: taskId, state, agentName: "dev", ...text });
      expect(await waitForTask(rig.town, { task: taskId })).toMatchObject({ state });
    },
  );

  test("rejects when nobody will work on the task any more", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    const owner = await host.own("dev");
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: "x" });
    const waiting = rejection(waitForTask(rig.town, { task: taskId }));
    await oneEventLater(rig.town);
    await host.end(owner, { state: "error", reason: "no CLI", by: "" });
    expect(await waiting).toMatchObject({ code: "E_AGENT_FAILED" });
  });

  test("times out", async () => {
    await using rig = await testTown();
    await using host = await handHost(rig.town);
    await host.own("dev");
    const { taskId } = await assignTask(rig.town, { agent: "dev", description: "x" });
    const error = await rejection(waitForTask(rig.town, { task: taskId, timeoutMs: 20 }));
    expect(error).toMatchObject({ code: "E_TIMEOUT" });
  });
});

test("waitForEnd() resolves when the agent has ended, and at once when it had before", async () => {
  await using rig = await testTown();
  await using host = await handHost(rig.town);
  const owner = await host.own("dev");
  const wait = { id: owner.agentId, agent: "dev" };
  const waiting = waitForEnd(rig.town, wait);
  await requestEnd(rig.town.store, "Cannot", { agent: "dev", how: "kill" });
  await host.end(owner);
  await waiting;
  await waitForEnd(rig.town, wait);
});

test("waitingText() says what an agent is doing", () => {
  const agent = {
    agent: "dev",
    state: "working",
    inbox: 0,
    task: undefined,
    waitedMs: 61_000,
  } as const;
  expect(waitingText(agent)).toBe("dev is working (1m 1s)");
});
