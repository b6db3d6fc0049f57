import { describe, expect, test } from "bun:test";
import type { TownEvent } from "../../../src/core/event.ts";
import { followEvents, recentEvents } from "../../../src/services/events.ts";
import { sendMessage } from "../../../src/services/messages.ts";
import type { Town } from "../../../src/services/town.ts";
import { testTown } from "../../support/town.ts";
import { waitFor } from "../../support/wait-for.ts";

/** Collects events until its signal is aborted. */
function follow(town: Town, signal: AbortSignal, since?: string) {
  const seen: TownEvent[] = [];
  const ended = (async () => {
    for await (const event of followEvents(town, { since, signal })) seen.push(event);
  })();
  return { seen, ended, texts: () => seen.map(({ message }) => message) };
}

const say = (town: Town, text: string) => sendMessage(town, { to: "conductor", text });
const all = (count: number) => Array.from({ length: count }, (_, n) => `conductor: ${n}`);

describe("followEvents()", () => {
  test("yields what happens, each once and in order, until it is aborted", async () => {
    await using rig = await testTown();
    await say(rig.town, "before");
    const { id: since = "" } = (await recentEvents(rig.town, 1)).at(-1) ?? {};
    const controller = new AbortController();
    const followed = follow(rig.town, controller.signal, since);
    for (let n = 0; n < 30; n++) await say(rig.town, `${n}`);
    await waitFor(() => followed.seen.length >= 30, { what: "30 events" });
    controller.abort();
    await followed.ended;
    expect(followed.texts()).toEqual(all(30));
  });

  test("starts with what happens from now on", async () => {
    await using rig = await testTown();
    await say(rig.town, "before");
    const controller = new AbortController();
    const followed = follow(rig.town, controller.signal);
    await waitFor(
      async () => {
        await say(rig.town, "after");
        return followed.seen.length > 0;
      },
      { what: "an event" },
    );
    expect(followed.texts()).not.toContain("conductor: before");
    controller.abort();
    await followed.ended;
  });

  test("goes on where it was when its connection is killed", async () => {
    await using rig = await testTown({ server: "managed" });
    const town = await rig.open({ longLived: true });
    await say(town, "before");
    const { id: since = "" } = (await recentEvents(town, 1)).at(-1) ?? {};
    const controller = new AbortController();
    const followed = follow(town, controller.signal, since);
    for (let n = 0; n < 20; n++) {
      await say(rig.town, `${n}`);
      if (n % 5 === 0) await rig.town.store.port.command("CLIENT", ["KILL", "TYPE", "normal"]);
    }
    await waitFor(() => followed.seen.length >= 20, { what: "20 events" });
    controller.abort();
    await followed.ended;
    expect(followed.texts()).toEqual(all(20));
  });

  test("ends when the town is closed", async () => {
    await using rig = await testTown();
    const town = await rig.open();
    const followed = follow(town, new AbortController().signal);
    await say(town, "x");
    await town[Symbol.asyncDispose]();
    await followed.ended;
  });
});

test("recentEvents() are the newest, oldest of them first", async () => {
  await using rig = await testTown();
  for (let n = 0; n < 5; n++) await say(rig.town, `${n}`);
  const texts = (await recentEvents(rig.town, 3)).map(({ message }) => message);
  expect(texts).toEqual(["conductor: 2", "conductor: 3", "conductor: 4"]);
});
