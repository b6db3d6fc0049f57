import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TownRig, townRig } from "./town-rig.ts";

let rig: TownRig;
let taskId: string;

beforeAll(async () => {
  rig = await townRig();
  await rig.json("spawn", "dev", "--role", "developer", "--env", "MODE=test");
  const assigned = await rig.json("assign", "dev", "SIM: answer built it", "--tag", "auth");
  taskId = String(assigned.taskId);
  await rig.json("wait", "--timeout", "20s");
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

describe("with --json, on a town with a finished task, prints one JSON document:", () => {
  test.each([
    [["list"]],
    [["status"]],
    [["status", "--deep"]],
    [["status", "--tasks"]],
    [["inbox"]],
    [["inbox", "dev"]],
    [["inbox", "conductor"]],
    [["inbox", "supervisor"]],
    [["inbox", "--all"]],
    [["task", "list"]],
    [["task", "list", "--state", "completed"]],
    [["task", "current", "dev"]],
    [["wait"]],
    [["wait", "dev"]],
    [["version"]],
    [["licenses"]],
    [["spawn", "dev", "--role", "developer"]],
    [["send", "conductor", "hello", "--info"]],
  ])("tt %p", async (argv) => {
    const { code, stdout, stderr } = await rig.tt([...argv, "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(() => JSON.parse(stdout)).not.toThrow();
    const human = await rig.tt(argv);
    expect(human).toMatchObject({ code: 0, stderr: "" });
    expect(human.stdout).not.toContain("undefined");
  });
});

describe("errors of commands in a town", () => {
  test.each([
    [["task", "show", "ffffffff"], 1, "E_TASK_NOT_FOUND"],
    [["task", "complete", "ffffffff"], 1, "E_TASK_NOT_FOUND"],
    [["assign", "nobody", "x"], 1, "E_AGENT_NOT_FOUND"],
    [["send", "nobody", "x"], 1, "E_AGENT_NOT_FOUND"],
    [["kill", "nobody"], 1, "E_AGENT_NOT_FOUND"],
    [["logs", "nobody"], 1, "E_AGENT_NOT_FOUND"],
    [["wait", "nobody"], 1, "E_AGENT_NOT_FOUND"],
    [["spawn", "conductor"], 2, "E_USAGE"],
    [["spawn", "../evil"], 2, "E_USAGE"],
    [["spawn", "x", "--env", "novalue"], 2, "E_USAGE"],
    [["init"], 2, "E_TOWN_EXISTS"],
    [["assign", "dev"], 2, "E_USAGE"],
    [["assign", "dev", "  "], 2, "E_USAGE"],
    [["assign", "dev", "x", "--file", "y"], 2, "E_USAGE"],
    [["assign", "dev", "--file", "/nonexistent/task.md"], 2, "E_FILE_NOT_FOUND"],
    [["send", "dev", "x", "--query", "--ack"], 2, "E_USAGE"],
    [["task", "list", "--state", "odd"], 2, "E_USAGE"],
  ])("tt %p exits %p", async (argv, code, name) => {
    const result = await rig.tt([...argv, "--json"]);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(JSON.parse(result.stderr).error).toMatchObject({
      code: name,
      message: expect.any(String),
      hint: expect.any(String),
    });
  });
});

test.each([[["assign", "devv", "x"]], [["logs", "devv"]], [["wait", "devv"]]])(
  "tt %p suggests the agent that was meant",
  async (argv) => {
    const { code, stderr } = await rig.tt(argv);
    expect(code).toBe(1);
    expect(stderr).toContain('hint: did you mean "dev"?');
  },
);

test("tt list prints the tutorial's line", async () => {
  const { stdout } = await rig.tt(["list"]);
  expect(stdout).toMatch(/^Agents:\n {2}dev \([0-9a-f]{8}-\.\.\.\) - Idle\n$/);
});

test("tt task show prints the result, by a unique start of the id", async () => {
  const { stdout } = await rig.tt(["task", "show", taskId]);
  expect(stdout).toContain("State:     completed");
  expect(stdout).toContain("built it");
  expect((await rig.tt(["task", "list", "--tag", "auth", "-q"])).stdout).toBe(`${taskId}\n`);
});

test("a completed task cannot be decided again", async () => {
  for (const word of ["complete", "fail", "cancel"]) {
    const { code, stderr } = await rig.tt(["task", word, taskId]);
    expect(code).toBe(1);
    expect(stderr).toContain("already completed");
  }
});

test("tt logs prints what the CLI printed", async () => {
  const { stdout } = await rig.tt(["logs", "dev"]);
  expect(stdout).toContain("built it");
  expect((await rig.tt(["logs", "dev", "-n", "1"])).stdout.trimEnd().split("\n")).toHaveLength(1);
});

test("tt assign reads a task from stdin and from a file", async () => {
  const piped = await rig.tt(["assign", "dev", "-", "-q"], { stdin: "SIM: answer one\nmore" });
  const file = join(rig.root, "task.md");
  await writeFile(file, "SIM: answer two\n- with a list");
  const read = await rig.tt(["assign", "dev", "--file", file, "-q"]);
  const first = await rig.json("task", "show", piped.stdout.trim());
  const second = await rig.json("task", "show", read.stdout.trim());
  expect(first.description).toBe("SIM: answer one\nmore");
  expect(second.description).toBe("SIM: answer two\n- with a list");
  await rig.json("wait", "dev", "--timeout", "20s");
});

test("messages reach the conductor's inbox in full", async () => {
  const text = `${"a long line ".repeat(30)}\nsecond line \u001b[2J`;
  expect((await rig.tt(["send", "supervisor", "-", "--query"], { stdin: text })).stdout).toBe(
    "Sent query message to conductor\n",
  );
  const { stdout } = await rig.tt(["inbox", "conductor"]);
  expect(stdout).toContain("a long line ".repeat(30).trimEnd());
  expect(stdout).toContain("second line");
  expect(stdout).not.toContain("\u001b");
});
