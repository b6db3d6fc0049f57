import { expect, test } from "bun:test";
import { luaScript } from "../../../src/redis/lua-script.ts";
import { storeRig } from "../../support/store-rig.ts";

const DAY_MS = 86_400_000;

/** Boundaries of days, months, leap years and centuries, and times spread over two centuries. */
function times(): readonly number[] {
  const boundaries = [
    "1970-01-01T00:00:00.000Z",
    "1972-02-29T12:00:00.001Z",
    "1999-12-31T23:59:59.999Z",
    "2000-01-01T00:00:00.000Z",
    "2000-02-29T23:59:59.999Z",
    "2024-02-28T23:59:59.999Z",
    "2024-02-29T00:00:00.000Z",
    "2024-03-01T00:00:00.000Z",
    "2038-01-19T03:14:08.000Z",
    "2099-12-31T23:59:59.999Z",
    "2100-02-28T23:59:59.999Z",
    "2100-03-01T00:00:00.000Z",
    "2400-02-29T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
  ].map((text) => Date.parse(text));
  const spread = Array.from({ length: 3_000 }, (_, n) => n * (27 * DAY_MS + 12_345_678));
  const days = Array.from({ length: 800 }, (_, n) => Date.UTC(2026, 0, 1) + n * DAY_MS - 1);
  return [...boundaries, ...spread, ...days];
}

test("the scripts write times as JavaScript does", async () => {
  await using rig = await storeRig();
  const all = times();
  const format = luaScript(
    "format",
    `local texts = {}
     for i, ms in ipairs(ARGV) do texts[i] = iso(tonumber(ms)) end
     return texts`,
  );
  const texts = await rig.store.port.script(format, [rig.store.keys.prefix, ...all]);
  expect(texts).toEqual(all.map((ms) => new Date(ms).toISOString()));
});

test("the time of the scripts is the server's", async () => {
  await using rig = await storeRig();
  const now = luaScript("now", "return { text(NOW), TODAY }");
  const reply = await rig.store.port.script(now, [rig.store.keys.prefix]);
  const [ms, iso] = Array.isArray(reply) ? reply : [];
  expect(new Date(Number(ms)).toISOString()).toBe(String(iso));
  expect(Math.abs(Number(ms) - Date.now())).toBeLessThan(60_000);
});
