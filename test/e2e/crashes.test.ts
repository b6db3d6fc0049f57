import { expect, test } from "bun:test";
import { TownRig } from "../support/town-rig.ts";

interface Assigned {
  readonly taskId: string;
}

/** Runs until it is killed in its first attempt, with a process that has left session and group. */
const HANGS_ONCE = [
  "Move the money",
  "SIM: append marks.txt started",
  "SIM: background setsid sleep 1000",
  "SIM: once hang hard",
  "SIM: append marks.txt finished",
  "SIM: answer moved",
].join("\n");

async function killHost(rig: TownRig): Promise<number> {
  const { pid } = (await rig.status()).host;
  if (pid === undefined) throw new Error("No host is live");
  process.kill(pid, "SIGKILL");
  return pid;
}

async function killServer(rig: TownRig): Promise<void> {
  process.kill(Number(await rig.read(".tt/redis.pid")), "SIGKILL");
}

test("kill -9 of the host in the middle of a turn: the task completes once, under a new host, and no process is left", async () => {
  await using rig = await TownRig.create({ name: "crash" });
  await rig.ok("spawn", "dev");
  const { taskId } = await rig.json<Assigned>("assign", "dev", HANGS_ONCE);
  await rig.hangs("dev");
  const killed = await killHost(rig);

  await rig.ok("wait", "--timeout", "20s");
  expect((await rig.read("marks.txt"))?.split("\n")).toEqual([
    "started",
    "started",
    "finished",
    "",
  ]);
  const { host, agents, tasks } = await rig.status();
  expect(host.pid).not.toBe(killed);
  expect(agents).toMatchObject([{ state: "idle", tasksCompleted: 1, inbox: 0 }]);
  expect(tasks).toMatchObject([{ id: taskId, state: "completed", result: "moved", attempts: 2 }]);
  // Neither the hanging CLI nor what it had started in a session of its own: host and server.
  expect(rig.processes()).toHaveLength(2);
});

test("kill -9 of the host: every command that needs one starts it", async () => {
  await using rig = await TownRig.create({ name: "crash" });
  await rig.ok("spawn", "dev");
  const commands = [
    ["assign", "dev", "Say hello"],
    ["send", "dev", "hello"],
    ["spawn", "dev"],
  ];
  for (const command of commands) {
    const killed = await killHost(rig);
    await rig.ok(...command);
    const { live, pid } = (await rig.status()).host;
    expect({ command, live, other: pid !== killed }).toEqual({ command, live: true, other: true });
  }
  await killHost(rig);
  await rig.ok("kill", "dev");
  expect((await rig.status()).agents).toMatchObject([{ state: "stopped" }]);
  const { totals } = await rig.status();
  expect(totals).toMatchObject({ completed: 1, total: 1 });
});

test("kill -9 of the server: nothing acknowledged is lost and the next command works", async () => {
  await using rig = await TownRig.create({ name: "crash" });
  await rig.ok("spawn", "dev");
  const first = await rig.json<Assigned>("assign", "dev", "SIM: hang");
  await rig.hangs("dev");
  const others: string[] = [];
  for (const name of ["a", "b", "c"]) {
    const text = `SIM: append order.txt ${name}`;
    others.push((await rig.json<Assigned>("assign", "dev", text)).taskId);
  }
  await rig.ok("send", "conductor", "--query", "still there?");
  await killServer(rig);

  const { tasks } = await rig.status();
  expect(tasks.map((task) => task.id)).toEqual([first.taskId, ...others]);
  expect(await rig.ok("inbox", "conductor")).toContain("still there?");
  await rig.ok("task", "cancel", first.taskId);
  await rig.ok("wait", "--timeout", "20s");
  expect((await rig.status()).totals).toMatchObject({ completed: 3, cancelled: 1, total: 4 });
  expect(await rig.read("order.txt")).toBe("a\nb\nc\n");
});

test("kill -9 of host and server at once, in the middle of a turn: the work goes on", async () => {
  await using rig = await TownRig.create({ name: "crash" });
  await rig.ok("spawn", "dev");
  await rig.ok("assign", "dev", HANGS_ONCE);
  await rig.ok("assign", "dev", "SIM: append marks.txt second");
  await rig.hangs("dev");
  await Promise.all([killHost(rig), killServer(rig)]);

  await rig.ok("wait", "--timeout", "20s");
  const marks = ["started", "started", "finished", "second", ""];
  expect((await rig.read("marks.txt"))?.split("\n")).toEqual(marks);
  expect((await rig.status()).totals).toMatchObject({ completed: 2, total: 2 });
  expect(rig.processes()).toHaveLength(2);
});

test("a CLI that crashes is started again, with its task", async () => {
  await using rig = await TownRig.create({ name: "crash" });
  await rig.ok("spawn", "dev");
  await rig.ok("assign", "dev", "SIM: once crash\nSIM: answer second try");
  await rig.ok("wait", "--timeout", "20s");
  const { tasks } = await rig.status();
  expect(tasks).toMatchObject([{ state: "completed", result: "second try", attempts: 2 }]);
});
