import { expect, test } from "bun:test";
import { EventPosition } from "../../../src/flow/event-position.ts";

test("EventPosition lets those go on whose event has been read", async () => {
  const position = new EventPosition();
  const passed: string[] = [];
  const first = position.until("5-1").then(() => passed.push("5-1"));
  const second = position.until("10-0").then(() => passed.push("10-0"));
  position.reach("5-2");
  await first;
  await position.until("5-2");
  expect(passed).toEqual(["5-1"]);
  position.end();
  await second;
  await position.until("99-0");
  expect(passed).toEqual(["5-1", "10-0"]);
});
