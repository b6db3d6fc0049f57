import { expect, test } from "bun:test";
import { EventQueue } from "../../../src/flow/event-queue.ts";

test("EventQueue gives what was pushed before and while it is read, then ends", async () => {
  const queue = new EventQueue<number>();
  queue.push(1);
  queue.push(2);
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of queue) {
      seen.push(item);
      if (item === 2) queueMicrotask(() => queue.push(3));
      if (item === 3) queue.end();
    }
  })();
  await reading;
  expect(seen).toEqual([1, 2, 3]);
});
