import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { p17Modules } from "../../scripts/bench/p17-modules.ts";

const tt = resolve(process.env.TT_BIN ?? "dist/tt");

test("the hot commands of the executable load no slow module and leave process.stdout alone", async () => {
  const { facts, violations } = await p17Modules.check({ tt, quick: true });
  expect(facts).toHaveLength(6);
  expect(violations).toEqual([]);
});
