import { describe, expect, test } from "bun:test";
import type { Command } from "../../../src/cli/command.ts";
import { renderHelp } from "../../../src/cli/render/help.ts";
import { PLAIN_STYLE } from "../../../src/cli/render/style.ts";
import { ROOT } from "../../../src/cli/root.ts";
import { runTt } from "../../support/cli-io.ts";
import { COLORED } from "./render/samples.ts";

const COMMANDS: { path: string; command: Command }[] = [];
for (const [word, entry] of Object.entries(ROOT)) {
  const loaders = typeof entry === "function" ? { "": entry } : entry.commands;
  for (const [leaf, load] of Object.entries(loaders)) {
    COMMANDS.push({ path: `${word} ${leaf}`.trim(), command: await load() });
  }
}

describe.each(COMMANDS)("tt $path", ({ path, command }) => {
  const { meta, args } = command;

  test("is declared under the name it is called by", () => {
    expect(meta.name).toBe(path);
  });

  test("has a description of one line and examples that call it", () => {
    expect(meta.description).toMatch(/^[A-Z].{5,79}$/);
    expect(meta.description).not.toEndWith(".");
    expect(meta.examples.length).toBeGreaterThan(0);
    for (const example of meta.examples) expect(example).toMatch(/\btt\b/);
  });

  test("describes every argument and gives no letter twice", () => {
    const letters: string[] = [];
    for (const spec of Object.values(args)) {
      expect(spec.description).toMatch(/^\S/);
      if (spec.type !== "positional" && spec.alias !== undefined) letters.push(spec.alias);
    }
    expect(new Set(letters).size).toBe(letters.length);
  });

  test("prints its help", async () => {
    const help = renderHelp(command, PLAIN_STYLE);
    expect(help).toContain(`tt ${path} `);
    expect(help).not.toContain("undefined");
    expect(help).not.toContain("[object");
    expect(renderHelp(command, COLORED)).not.toContain("undefined");
    for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(110);
    const words = path.split(" ");
    expect(await runTt([...words, "--help"])).toEqual({ code: 0, stdout: `${help}\n`, stderr: "" });
    expect((await runTt(["help", ...words])).stdout).toBe(`${help}\n`);
  });

  test("refuses an unknown flag with exit 2, for people and as JSON", async () => {
    const words = path.split(" ");
    const human = await runTt([...words, "--no-such-flag"]);
    expect(human).toMatchObject({ code: 2, stdout: "" });
    expect(human.stderr).toStartWith('error: Unknown flag "--no-such-flag"\nhint: ');
    const json = await runTt(["--json", ...words, "--no-such-flag"]);
    expect(json).toMatchObject({ code: 2, stdout: "" });
    expect(JSON.parse(json.stderr).error.code).toBe("E_USAGE");
  });
});

test("commands are listed in alphabetical order", () => {
  const words = Object.keys(ROOT);
  expect(words).toEqual([...words].sort());
  for (const entry of Object.values(ROOT)) {
    const leaves = typeof entry === "function" ? [] : Object.keys(entry.commands);
    expect(leaves).toEqual([...leaves].sort());
  }
});
