import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { runCli } from "../../../src/cli/run-cli.ts";
import { testIo } from "../../support/cli-io.ts";
import { waitFor } from "../../support/wait-for.ts";
import { type TownRig, townRig } from "./town-rig.ts";

const MAIN = resolve(import.meta.dir, "../../../src/main.ts");

/** A tt of its own, for signals. */
function startTt(rig: TownRig, ...argv: string[]) {
  return Bun.spawn(ttCommand(rig, ...argv), { stdio: ["ignore", "pipe", "pipe"] });
}

function ttCommand(rig: TownRig, ...argv: string[]): string[] {
  return [process.execPath, MAIN, "--town", rig.root, ...argv];
}

function listShows(rig: TownRig, text: string): Promise<boolean> {
  const condition = async () => (await rig.tt(["list"])).stdout.includes(text);
  return waitFor(condition, { what: `tt list shows "${text}"` });
}

describe("tt wait", () => {
  test("exits 124 at the time-out and says who is busy", async () => {
    await using rig = await townRig();
    await rig.json("spawn", "slow");
    await rig.json("assign", "slow", "SIM: hang");
    const { code, stderr } = await rig.tt(["wait", "--timeout", "300ms"]);
    expect(code).toBe(124);
    expect(stderr).toContain("slow");
  });

  test("exits 4 when an agent is stopped meanwhile", async () => {
    await using rig = await townRig();
    await rig.json("spawn", "slow");
    await rig.json("assign", "slow", "SIM: hang");
    const waiting = rig.tt(["wait", "slow"]);
    await listShows(rig, "Working");
    await rig.json("kill", "slow");
    const { code, stderr } = await waiting;
    expect(code).toBe(4);
    expect(stderr).toContain('"slow" is stopped');
  });

  test("dies of Ctrl-C", async () => {
    await using rig = await townRig();
    await rig.json("spawn", "slow");
    await rig.json("assign", "slow", "SIM: hang");
    const waiting = startTt(rig, "wait");
    await listShows(rig, "Working");
    waiting.kill("SIGINT");
    await waiting.exited;
    expect(waiting.signalCode).toBe("SIGINT");
  });
});

test("tt status --watch prints a frame per change until nobody reads any more", async () => {
  await using rig = await townRig();
  const frames = (text: string) =>
    text
      .trimEnd()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  const io = testIo({ closeWhen: (text) => frames(text).at(-1).agents[0]?.state === "idle" });
  const watching = runCli(["status", "--watch", "--json", "--town", rig.root], io);
  await waitFor(() => frames(io.stdoutText()).length === 1, { what: "the first frame" });
  await rig.json("spawn", "dev");
  expect(await watching).toBe(0);
  expect(frames(io.stdoutText()).length).toBeGreaterThan(1);
  expect(io.stderrText()).toBe("");
});

describe("tt spawn --foreground", () => {
  test("shows the agent's output until it ends", async () => {
    await using rig = await townRig();
    const io = testIo();
    const argv = ["spawn", "once", "--foreground", "--max-rounds", "1", "--town", rig.root];
    const running = runCli(argv, io);
    await waitFor(() => io.stdoutText().includes("Spawned agent once"), { what: "the agent" });
    await rig.json("assign", "once", "SIM: answer from the front");
    expect(await running).toBe(0);
    expect(io.stdoutText()).toContain("from the front");
    expect(io.stdoutText()).toMatch(/Agent once \(\S+\) - (Cold|Stopped)/);
  });

  test("ends the agent on Ctrl-C and dies of the signal", async () => {
    await using rig = await townRig();
    const running = startTt(rig, "spawn", "front", "--foreground");
    await listShows(rig, "Idle");
    running.kill("SIGINT");
    await running.exited;
    expect(running.signalCode).toBe("SIGINT");
    expect((await rig.tt(["list"])).stdout).toContain("Stopped");
  });
});

test("tt logs --follow prints lines as they come, also before the first turn", async () => {
  await using rig = await townRig();
  await rig.json("spawn", "dev");
  const io = testIo({ closeWhen: (text) => text.includes("line to follow") });
  const following = runCli(["logs", "dev", "--follow", "--town", rig.root], io);
  await rig.json("assign", "dev", "SIM: answer line to follow");
  expect(await following).toBe(0);
});

test("tt logs puts a bar before what a CI runner would read, and none into a file", async () => {
  await using rig = await townRig();
  await rig.json("spawn", "dev");
  await rig.json("assign", "dev", "SIM: answer ::error::x");
  await rig.json("wait", "--timeout", "20s");
  const env = { ...process.env, GITHUB_ACTIONS: "true" };
  const { stdout } = Bun.spawnSync(ttCommand(rig, "logs", "dev"), { env });
  const lines = stdout.toString().trimEnd().split("\n");
  expect(lines.filter((line) => !line.startsWith("│"))).toEqual([]);
  expect(lines.join()).toContain("::error::x");
  const file = Bun.file(`${rig.root}/copy`);
  await Bun.spawn(ttCommand(rig, "logs", "dev"), { env, stdout: file }).exited;
  expect(await file.text()).not.toContain("│");
});

test("tt start runs the agents in the foreground and stops them on Ctrl-C", async () => {
  await using rig = await townRig();
  const host = startTt(rig, "start");
  await waitFor(async () => JSON.stringify(await rig.json("status")).includes('"live":true'), {
    what: "the host is live",
  });
  await rig.json("spawn", "dev");
  expect((await rig.tt(["start"])).code).toBe(1);
  host.kill("SIGINT");
  await host.exited;
  expect(host.signalCode).toBe("SIGINT");
  const stderr = await new Response(host.stderr).text();
  expect(stderr).toContain(`\nTown "${rig.name}" is running; Ctrl-C stops its agents\n`);
  expect((await rig.tt(["list"])).stdout).toContain("Stopped");
});

test("tt kill ends the turn of an agent, tt stop ends all", async () => {
  await using rig = await townRig();
  await rig.json("spawn", "one");
  await rig.json("spawn", "two");
  await rig.json("assign", "one", "SIM: hang");
  const killed = await rig.tt(["kill", "one", "--reason", "enough"]);
  expect(killed).toMatchObject({ code: 0, stderr: "" });
  expect(killed.stdout).toMatch(/^Agent one \(\S+\) - Stopped: .*enough/);
  expect((await rig.tt(["stop"])).stdout).toContain("the host");
  expect((await rig.tt(["stop"])).stdout).toBe("Nothing was running.\n");
  const { host } = await rig.json("status");
  expect(host).toMatchObject({ live: false });
});
