import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { TownRig } from "../support/town-rig.ts";
import { waitFor } from "../support/wait-for.ts";

test("a flow with a type error exits 3 before anything runs and names file, line and column", async () => {
  await using rig = await TownRig.create();
  await rig.write("lib/team.ts", "export const size: number = 2;\n");
  const text = `import { size } from "./lib/team.ts";
console.log("ran", size);
const dev = await spawn("dev");
await assign(dev, size);
`;
  await rig.write("flows/bad.ts", text.replace("./lib", "../lib"));
  const { code, stdout, stderr } = await rig.tt(["run", "flows/bad.ts"]);
  expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
  expect(stderr).toContain("flows/bad.ts:4:19 - TS2345");
  expect(rig.processes()).toEqual([]);
  expect(await readdir(rig.tmp)).toEqual([]);

  const syntax = await rig.tt(["run", "-"], { stdin: "const = 1;\n" });
  expect(syntax.code).toBe(3);
  expect(syntax.stderr).toContain("[stdin].ts:1:");
  const checked = await rig.tt(["check", "flows/bad.ts"]);
  expect(checked.code).toBe(3);
  expect(checked.stdout).toContain("flows/bad.ts:4:19");
});

test("a flow whose agent fails exits 4, with the line that gave the task and the agent's last lines", async () => {
  await using rig = await TownRig.create();
  await rig.write(
    "fails.ts",
    `const dev = await spawn("dev");
await assign(dev, "SIM: stderr cannot find the schema\\nSIM: needs-input Which database?");
await waitForIdle(dev);
console.log("not reached");
`,
  );
  const { code, stdout, stderr } = await rig.tt(["run", "fails.ts"]);
  expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
  expect(stderr).toContain("Which database?");
  expect(stderr).toContain("cannot find the schema");
  expect(stderr).toContain("fails.ts:2");
  expect(rig.processes()).toEqual([]);
});

test("a failure nobody looked at fails the flow, one that was looked at does not", async () => {
  await using rig = await TownRig.create();
  const assignOnly = `const dev = await spawn("dev");
await assign(dev, "SIM: needs-input Which one?");`;
  expect((await rig.tt(["run", "-"], { stdin: assignOnly })).code).toBe(4);
  const looked = `const dev = await spawn("dev");
const { ok, error } = await assign(dev, "SIM: needs-input Which one?").settled();
console.log(ok, error?.code);`;
  expect(await rig.tt(["run", "-"], { stdin: looked })).toMatchObject({
    code: 0,
    stdout: "false TASK_FAILED\n",
  });
});

test("errors of the flow itself end it with 1, a frame of its file and no line of tt's own", async () => {
  await using rig = await TownRig.create();
  await rig.write(
    "lib/boom.ts",
    'export function boom(): never {\n  throw new Error("boom");\n}\n',
  );
  const text =
    'import { boom } from "./lib/boom.ts";\ndefer(() => console.log("cleaned up"));\nboom();\n';
  await rig.write("throws.ts", text);
  const { code, stdout, stderr } = await rig.tt(["run", "throws.ts"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "cleaned up\n" });
  expect(stderr).toContain("boom");
  expect(stderr).toContain("lib/boom.ts:2");
  expect(stderr).not.toContain("$bunfs");
  expect(stderr).not.toContain("src/flow");
  const failed = await rig.tt(["run", "-"], { stdin: 'flow.fail("no luck", { exitCode: 42 });' });
  expect(failed.code).toBe(42);
});

test("a flow that waits for something nothing can settle exits 13 and says so", async () => {
  await using rig = await TownRig.create();
  await rig.write("dead.ts", 'log("so far");\nawait new Promise(() => {});\n');
  const { code, stderr } = await rig.tt(["run", "dead.ts"]);
  expect(code).toBe(13);
  expect(stderr).toContain("error: ");
  expect(rig.processes()).toEqual([]);
});

test("a flow that does not exist exits 2 and says how to make one", async () => {
  await using rig = await TownRig.create();
  const { code, stdout, stderr } = await rig.tt(["run", "missing.ts"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^error: .*"missing\.ts".*\nhint: tt new flow/);
});

/** In CI a flow gives its agents less time to finish before it ends them. */
const SHORT_GRACE = { CI: "true" };

const WAITS = `
const dev = await spawn("dev");
defer(() => console.log("deferred"));
try {
  await assign(dev, "SIM: background setsid sleep 1000\\nSIM: append begun.txt yes\\nSIM: hang");
  await waitForIdle(dev);
} finally {
  console.log("finally", signal.aborted);
}
`;

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s during a wait runs the flow's cleaning up, ends its agents and is what tt dies of",
  async (signal) => {
    await using rig = await TownRig.create({ env: SHORT_GRACE });
    await rig.write("waits.ts", WAITS);
    const running = rig.start(["run", "waits.ts"]);
    await rig.line("begun.txt", "yes");
    running.kill(signal);
    expect(await running.exited).toMatchObject({
      code: null,
      signal,
      stdout: "finally true\ndeferred\n",
    });
    expect(rig.processes()).toEqual([]);
    expect(await readdir(rig.tmp)).toEqual([]);
  },
);

test("Ctrl-C in a town ends the agents of the flow and leaves those of others alone", async () => {
  await using rig = await TownRig.create({ name: "shared", env: SHORT_GRACE });
  await rig.ok("spawn", "other");
  await rig.write("waits.ts", WAITS);
  const running = rig.start(["run", "waits.ts"]);
  await rig.line("begun.txt", "yes");
  running.kill("SIGINT");
  expect(await running.exited).toMatchObject({ signal: "SIGINT" });
  const { agents } = await rig.status();
  expect(agents).toMatchObject([{ name: "other", state: "idle" }, { name: "dev" }]);
  expect(["cold", "stopped"]).toContain(agents[1]?.state ?? "");
  expect(rig.processes()).toHaveLength(2);
});

test("kill -9 of tt run: the town it made ends by itself and leaves nothing", async () => {
  await using rig = await TownRig.create({ env: SHORT_GRACE });
  await rig.write("waits.ts", WAITS);
  const running = rig.start(["run", "waits.ts"]);
  await rig.line("begun.txt", "yes");
  running.kill("SIGKILL");
  expect(await running.exited).toMatchObject({ signal: "SIGKILL" });
  await waitFor(() => rig.processes().length === 0, { what: "the end", timeoutMs: 10_000 });
  await waitFor(async () => (await readdir(rig.tmp)).length === 0, { what: "an empty TMPDIR" });
});

test("--timeout ends a flow with 124", async () => {
  await using rig = await TownRig.create({ env: SHORT_GRACE });
  await rig.write("waits.ts", WAITS);
  const { code, stdout, stderr } = await rig.tt(["run", "--timeout", "500ms", "waits.ts"]);
  expect({ code, stdout }).toEqual({ code: 124, stdout: "finally true\ndeferred\n" });
  expect(stderr).toContain("did not finish within");
  expect(rig.processes()).toEqual([]);
});

test("kill -9 of the host under a flow: its task is run again and the flow gets the answer", async () => {
  await using rig = await TownRig.create({ name: "flows" });
  await rig.write(
    "survives.ts",
    `
const dev = await spawn("dev");
const task = await assign(dev, "SIM: append marks.txt started\\nSIM: once hang hard\\nSIM: answer made it");
console.log(await task.result());
`,
  );
  const running = rig.start(["run", "survives.ts"]);
  await rig.hangs("dev");
  process.kill((await rig.status()).host.pid ?? 0, "SIGKILL");
  expect(await running.exited).toMatchObject({ code: 0, stdout: "made it\n" });
  expect(await rig.read("marks.txt")).toBe("started\nstarted\n");
});
