import { describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadSimScript } from "../../../src/config/sim-script.ts";
import { rejection } from "../../support/rejection.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

async function load(toml: string) {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, "sim.toml");
  await writeFile(file, toml);
  return await loadSimScript(file);
}

describe("loadSimScript()", () => {
  test("reads rules in their order", async () => {
    const rules = await load(`
[[rule]]
match = "log.?in"
do = ["write a.txt hello", "answer done"]
[[rule]]
match = ""
do = []
`);
    expect(rules.map(({ match, steps }) => [match.test("LOGIN"), match.test("x"), steps])).toEqual([
      [true, false, ["write a.txt hello", "answer done"]],
      [true, true, []],
    ]);
  });

  test.each([
    ["[[rule]]\nmatch = 1\ndo = []", /rule\.0\.match: /],
    ["[[rule]]\nmatch = '('\ndo = []", /is not a regular expression/],
    ["[[rule]]\nmatch = 'a'\ndo = 'b'", /rule\.0\.do: /],
    ["[[rule]]\nmatch = 'a'\ndo = []\nthen = 1", /rule\.0\.then: /],
    ["", /rule: /],
    ["[[rule", /sim\.toml:1:\d+: /],
  ])("refuses %p", async (toml, words) => {
    const error = await rejection(load(toml));
    expect(error).toMatchObject({ code: "E_CONFIG" });
    expect(error.message).toMatch(words);
  });

  test("says that there is no such file", async () => {
    const error = await rejection(loadSimScript("/nowhere/sim.toml"));
    expect(error).toMatchObject({ code: "E_CONFIG", hint: "correct TT_SIM_SCRIPT" });
  });
});
