import { expect, test } from "bun:test";
import { type TaskJson, TownRig } from "../support/town-rig.ts";

interface Assigned {
  readonly taskId: string;
}

/** A task that does not end by itself; resolves in the middle of its turn. */
async function openTask(rig: TownRig, agent: string): Promise<string> {
  await rig.ok("spawn", agent);
  const { taskId } = await rig.json<Assigned>(
    "assign",
    agent,
    "SIM: background setsid sleep 1000\nSIM: hang",
  );
  await rig.hangs(agent);
  return taskId;
}

test("tt task cancel ends the turn that works on the task", async () => {
  await using rig = await TownRig.create({ name: "tasks" });
  const task = await openTask(rig, "dev");
  await rig.ok("task", "cancel", task, "--reason", "not needed any more");
  await rig.ok("wait", "--timeout", "20s");
  const shown = await rig.json<TaskJson>("task", "show", task);
  expect(shown).toMatchObject({ state: "cancelled", error: "not needed any more" });
  expect(rig.processes()).toHaveLength(2);
  const again = await rig.tt(["task", "complete", task]);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("already cancelled");
});

test("an agent completes or fails its task itself, and that is final", async () => {
  await using rig = await TownRig.create({ name: "tasks" });
  await rig.ok("spawn", "dev");
  const text = {
    done: "SIM: complete API built\nSIM: answer a later word",
    failed: "SIM: task-fail The schema is missing\nSIM: answer a later word",
  };
  const done = await rig.json<Assigned>("assign", "dev", text.done);
  const failed = await rig.json<Assigned>("assign", "dev", text.failed);
  await rig.ok("wait", "--timeout", "20s");
  expect(await rig.json<TaskJson>("task", "show", done.taskId)).toMatchObject({
    state: "completed",
    result: "API built",
  });
  expect(await rig.json<TaskJson>("task", "show", failed.taskId)).toMatchObject({
    state: "failed",
    error: "The schema is missing",
    attempts: 1,
  });
  expect(await rig.ok("status")).toContain("2 done, of them 1 failed");
});

test("a person completes the task of an agent by the start of its id", async () => {
  await using rig = await TownRig.create({ name: "tasks" });
  const task = await openTask(rig, "dev");
  expect(await rig.ok("task", "current", "dev")).toContain(`Task ${task}`);
  await rig.ok("task", "complete", task, "--result", "Login page built, tests pass");
  expect(await rig.json<TaskJson>("task", "show", task)).toMatchObject({
    state: "completed",
    result: "Login page built, tests pass",
  });
});

test("a task that failed for good names its last reason and leaves the agent ready", async () => {
  await using rig = await TownRig.create({ name: "tasks" });
  await rig.write(
    "tinytown.toml",
    `${await rig.read("tinytown.toml")}\n[agent]\nmax_attempts = 1\n`,
  );
  await rig.ok("spawn", "dev");
  await rig.ok("assign", "dev", "SIM: fail no space left on the device");
  await rig.ok("assign", "dev", "SIM: answer fine");
  await rig.ok("wait", "--timeout", "20s");
  const { tasks, agents } = await rig.status();
  expect(tasks).toMatchObject([
    { state: "failed", error: "no space left on the device" },
    { state: "completed", result: "fine" },
  ]);
  expect(agents).toMatchObject([{ state: "idle" }]);
});

test("a task may be long and hold every kind of text; the agent gets all of it", async () => {
  await using rig = await TownRig.create({ name: "tasks" });
  await rig.ok("spawn", "dev");
  const text = `"quotes" 'single' $HOME \`cmd\` </task> 日本語 🏘️ \\n\n${"0123456789".repeat(10_000)}\nSIM: write got.txt last line read`;
  const { code, stdout } = await rig.tt(["assign", "dev", "-", "--json"], { stdin: text });
  expect(code).toBe(0);
  const { taskId }: Assigned = JSON.parse(stdout);
  await rig.ok("wait", "--timeout", "20s");
  expect(await rig.read("got.txt")).toBe("last line read\n");
  expect((await rig.json<TaskJson>("task", "show", taskId)).description).toBe(text);
});

test("20 tt assign at once to one agent: every task is done, once", async () => {
  await using rig = await TownRig.create({ name: "tasks" });
  await rig.ok("spawn", "dev");
  const numbers = Array.from({ length: 20 }, (_, i) => String(i));
  const tasks = numbers.map((n) =>
    rig.json<Assigned>("assign", "dev", `SIM: append done.txt ${n}`),
  );
  expect(new Set((await Promise.all(tasks)).map((task) => task.taskId)).size).toBe(20);
  await rig.ok("wait", "--timeout", "30s");
  expect((await rig.read("done.txt"))?.trimEnd().split("\n").sort()).toEqual(numbers.sort());
  expect((await rig.status()).totals).toMatchObject({ completed: 20, total: 20 });
});

test("a CLI of the town's own gets its arguments without a shell and the prompt on stdin", async () => {
  await using rig = await TownRig.create({ name: "own-cli", env: { TT_CLI: "" } });
  const cli = `[agent_clis.mine]\ncommand = "sh tools/mine.sh --as 'two words' $HOME"\n`;
  await rig.write("tinytown.toml", `${await rig.read("tinytown.toml")}\n${cli}`);
  await rig.write(
    "tools/mine.sh",
    'cat > prompt.txt\necho "I am $2 in $3, $TINYTOWN_AGENT_NAME"\n',
  );
  await rig.ok("spawn", "dev", "--cli", "mine");
  await rig.ok("assign", "dev", "Build it");
  await rig.ok("wait", "--timeout", "20s");
  const { tasks } = await rig.status();
  expect(tasks).toMatchObject([{ state: "completed", result: "I am two words in $HOME, dev" }]);
  expect(await rig.read("prompt.txt")).toContain("Build it");
});
