import { describe, expect, test } from "bun:test";
import { chmod, readdir } from "node:fs/promises";
import { TownRig } from "../support/town-rig.ts";

describe("tt run", () => {
  test("runs a flow in a town: what it did stays, the agents it made end", async () => {
    await using rig = await TownRig.create({ name: "flows" });
    await rig.ok("spawn", "reviewer", "--role", "reviewer");
    await rig.write(
      "team.ts",
      `
const dev = await spawn("dev", { cli: "codex", role: "developer" });
const reviewer = await spawn("reviewer", { role: "reviewer" });
const built = await assign(dev, "Build it\\nSIM: write built.txt yes\\nSIM: answer built POST /users");
await waitForIdle(dev);
const review = await assign(reviewer, \`Review it\\nSIM: run sh -c 'cat "$TT_SIM_STATE_DIR/prompt.md" > prompt.txt'\`, {
  context: [built],
});
await waitForIdle(dev, reviewer);
console.log(await built.result(), await review.state(), reviewer.reused);
export default { agents: (await town.agents()).length };
`,
    );
    const { code, stdout, stderr } = await rig.tt(["run", "team.ts"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'built POST /users completed true\n{"agents":2}\n',
    });
    expect(stderr).toContain("completed dev");
    expect(await rig.read("built.txt")).toBe("yes\n");
    expect(await rig.read("prompt.txt")).toContain("built POST /users");
    const { agents, totals } = await rig.status();
    expect(agents.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "reviewer idle",
      "dev cold",
    ]);
    expect(totals).toMatchObject({ completed: 2, total: 2 });
  });

  test("100 times (assign, waitForIdle) in one flow never returns early", async () => {
    await using rig = await TownRig.create();
    await rig.write(
      "many.ts",
      `
const dev = await spawn("dev");
let early = 0;
for (let i = 1; i <= 100; i++) {
  const task = await assign(dev, \`SIM: append done.txt \${i}\`);
  await waitForIdle(dev);
  if ((await task.state()) !== "completed") early++;
}
export default { early };
`,
    );
    const { code, stdout } = await rig.tt(["run", "--cli", "sim", "many.ts"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"early":0}\n' });
    const done = (await rig.read("done.txt"))?.trimEnd().split("\n");
    expect(done).toEqual(Array.from({ length: 100 }, (_, i) => String(i + 1)));
  });

  test("gives stdout to the flow and prints NDJSON with --json", async () => {
    await using rig = await TownRig.create();
    await rig.write("talk.ts", 'console.log("for stdout");\nlog("for people");\n');
    const plain = await rig.tt(["run", "talk.ts"]);
    expect(plain).toMatchObject({ code: 0, stdout: "for stdout\n" });
    expect(plain.stderr).toContain("for people");
    const { stdout, stderr } = await rig.tt(["run", "--json", "talk.ts"]);
    expect(stderr).toBe("");
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ v: 1, type: "flow.started", ephemeral: true });
    expect(events).toContainEqual(expect.objectContaining({ type: "flow.stdout" }));
    expect(events.at(-1)).toMatchObject({ type: "flow.finished", reason: "ok", exitCode: 0 });
  });

  test("reads a flow from stdin, with arguments", async () => {
    await using rig = await TownRig.create();
    await rig.write("lib/greet.ts", "export const greet = (name: string) => 'hello ' + name;\n");
    const stdin =
      'import { greet } from "./lib/greet.ts";\nconsole.log(greet(String(args.name)), args._);\n';
    const { code, stdout } = await rig.tt(["run", "-", "--name", "town", "x"], { stdin });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hello town [ "x" ]\n' });
  });

  test("runs a file that names it in its first line", async () => {
    await using rig = await TownRig.create();
    const text = '#!/usr/bin/env -S tt run\nconsole.log("from", flow.name, args._);\n';
    const program = await rig.write("deploy", text);
    await chmod(program, 0o755);
    const { code, stdout } = await rig.tt(["now"], { program });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'from deploy [ "now" ]\n' });
  });

  test("imports modules, data files and packages", async () => {
    await using rig = await TownRig.create();
    await rig.write("lib/double.ts", "export const double = (n: number): number => n * 2;\n");
    await rig.write("data.json", '{ "answer": 42 }');
    await rig.write("settings.toml", 'city = "Tinytown"\n');
    await rig.write("prompt.md", "# Prompt\n");
    await rig.write("node_modules/pad/package.json", '{ "name": "pad", "exports": "./pad.ts" }');
    await rig.write(
      "node_modules/pad/pad.ts",
      "export const pad = (s: string) => s.padStart(5);\n",
    );
    await rig.write(
      "imports.ts",
      `
import { pad } from "pad";
import { spawn as start } from "tinytown";
import data from "./data.json";
import { double } from "./lib/double.ts";
import prompt from "./prompt.md" with { type: "text" };
import settings from "./settings.toml";

console.log(pad("x"), typeof start, data.answer, double(2), prompt.trim(), settings.city);
`,
    );
    const { code, stdout, stderr } = await rig.tt(["run", "imports.ts"]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "    x function 42 4 # Prompt Tinytown\n",
      stderr: expect.any(String),
    });
  });

  test("takes nothing from a bunfig.toml or .env of its directory, nor do its agents", async () => {
    await using rig = await TownRig.create();
    await rig.write("evil.ts", 'require("node:fs").writeFileSync("evil ran", "");\n');
    await rig.write("bunfig.toml", 'preload = ["./evil.ts"]\n');
    await rig.write(".env", "STOLEN=yes\nTT_CLI=claude\n");
    const stdin = `const dev = await spawn("dev");
const shown = await assign(dev, "SIM: show sh -c 'echo agent: $STOLEN'").result();
console.log(env.STOLEN, shown);`;
    const { code, stdout } = await rig.tt(["run", "-"], { stdin });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "undefined agent:\n" });
    expect(await rig.read("evil ran")).toBeUndefined();
  });

  test("several at once in one town keep apart", async () => {
    await using rig = await TownRig.create({ name: "busy" });
    const flowOf = (name: string) => `const dev = await spawn("${name}");
for (let i = 0; i < 5; i++) await assign(dev, "SIM: append ${name}.txt x");
const { completed } = await waitForIdle(dev);
console.log(completed.length);`;
    const runs = ["one", "two", "three"].map((name) =>
      rig.tt(["run", "-"], { stdin: flowOf(name) }),
    );
    for (const run of await Promise.all(runs))
      expect(run).toMatchObject({ code: 0, stdout: "5\n" });
    for (const name of ["one", "two", "three"]) {
      expect(await rig.read(`${name}.txt`)).toBe("x\n".repeat(5));
    }
    expect((await rig.status()).totals).toMatchObject({ completed: 15, total: 15 });
  });

  test("leaves nothing of a town of its own behind", async () => {
    await using rig = await TownRig.create();
    await rig.write(
      "leaves.ts",
      `
const dev = await spawn("dev");
console.log(await assign(dev, "SIM: background setsid sleep 1000\\nSIM: answer done").result());
`,
    );
    expect(await rig.tt(["run", "leaves.ts"])).toMatchObject({ code: 0, stdout: "done\n" });
    expect(rig.processes()).toEqual([]);
    expect(await readdir(rig.tmp)).toEqual([]);
    expect(await readdir(rig.root)).toEqual(["leaves.ts"]);
  });
});

const TEMPLATES = ["sequential", "parallel", "fanout", "messaging", "gate"];

test("tt new flow writes each template once; it type-checks and runs with sim to exit 0", async () => {
  await using rig = await TownRig.create();
  const listed = await rig.ok("new", "flow", "--list");
  for (const template of TEMPLATES) {
    expect(listed).toContain(template);
    await rig.ok("new", "flow", template, "--template", template);
    const file = `${template}.ts`;
    expect(await rig.tt(["check", file])).toMatchObject({ code: 0 });
    const { code, stderr } = await rig.tt(["run", "--cli", "sim", file]);
    expect({ template, code, stderr }).toEqual({ template, code: 0, stderr: expect.any(String) });
  }
  const again = await rig.tt(["new", "flow", "gate", "--template", "gate"]);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain("gate.ts");
});
