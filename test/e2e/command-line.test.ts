import { describe, expect, test } from "bun:test";
import { TownRig } from "../support/town-rig.ts";
import { waitFor } from "../support/wait-for.ts";

test("tt wait gives up at its time-out with 124 and says who is busy", async () => {
  await using rig = await TownRig.create({ name: "waits" });
  await rig.ok("spawn", "dev");
  await rig.ok("assign", "dev", "SIM: hang");
  const { code, stdout, stderr } = await rig.tt(["wait", "--timeout", "200ms"]);
  expect({ code, stdout }).toEqual({ code: 124, stdout: "" });
  expect(stderr).toMatch(/^error: Not idle in time: dev is working on task .*\nhint: tt status/);
});

describe("a command that cannot be carried out", () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["tt frobnicate", 2, /^error: Unknown command "tt frobnicate"\nhint: .*tt help/],
    ["tt asign dev x", 2, /did you mean "tt assign"/],
    ["tt task finish", 2, /^error: Unknown command "tt task finish"\nhint: /],
    ["tt list --frob", 2, /--frob.*\nhint: /s],
    ["tt assign", 2, /^error: .*\nhint: /],
    ["tt assign nobody 'a task'", 1, /"nobody".*\nhint: /s],
    ["tt task show 0123456789", 1, /0123456789.*\nhint: /s],
    ["tt logs nobody", 1, /"nobody".*\nhint: /s],
    ["tt wait --timeout soon", 2, /soon.*\nhint: /s],
    ["tt spawn 'two words'", 2, /"two words".*\nhint: /s],
    ["tt spawn dev --cli codex --role other", 1, /"dev".*\nhint: /s],
    ["tt send dev", 2, /^error: .*\nhint: /],
  ];
  test("says what is wrong and what to type, on stderr alone, with its exit code", async () => {
    await using rig = await TownRig.create({ name: "errors" });
    await rig.ok("spawn", "dev");
    for (const [command, code, message] of cases) {
      const result = await rig.shell(command);
      expect({ command, code: result.code, stdout: result.stdout }).toEqual({
        command,
        code,
        stdout: "",
      });
      expect(result.stderr).toMatch(message);
      expect(result.stderr).not.toContain("    at ");
    }
  });

  test("says so as JSON with --json", async () => {
    await using rig = await TownRig.create({ name: "errors" });
    for (const command of [
      "assign nobody x",
      "task show 0123456789",
      "frobnicate",
      "list --frob",
    ]) {
      const { code, stdout, stderr } = await rig.tt([...command.split(" "), "--json"]);
      expect(code === 1 || code === 2).toBe(true);
      expect(stdout).toBe("");
      expect(JSON.parse(stderr)).toEqual({
        error: {
          code: expect.stringMatching(/^E_[A-Z_]+$/),
          message: expect.any(String),
          hint: expect.any(String),
        },
      });
    }
  });

  test("exits 8 outside of a town and names tt init", async () => {
    await using rig = await TownRig.create();
    for (const command of ["list", "status", "wait", "stop", "assign dev x", "spawn dev"]) {
      const { code, stderr } = await rig.tt(command.split(" "));
      expect({ command, code }).toEqual({ command, code: 8 });
      expect(stderr).toContain("tt init");
    }
    expect(rig.processes()).toEqual([]);
  });

  test("names file, line and column of a configuration it cannot use", async () => {
    await using rig = await TownRig.create();
    await rig.write("tinytown.toml", 'name = "x"\nmax_agent = 3\n');
    const { code, stderr } = await rig.tt(["list"]);
    expect(code).toBe(2);
    expect(stderr).toContain("tinytown.toml:2:1: ");
    expect(stderr).toContain('did you mean "max_agents"?');
    await rig.write("tinytown.toml", 'name = "x"\nmax_agents = 3\n');
  });
});

test("an agent whose CLI is not installed says so, keeps its task and starts with tt spawn --cli", async () => {
  await using rig = await TownRig.create({ name: "no-cli", env: { TT_CLI: "" } });
  await rig.tt(["spawn", "dev", "--cli", "codex"]);
  await rig.tt(["assign", "dev", "Build it"]);
  const failed = async () => (await rig.ok("list")).includes("- Error: ");
  await waitFor(failed, { what: "the agent's error" });
  expect(await rig.ok("list")).toContain("codex");
  expect((await rig.status()).totals).toMatchObject({ assigned: 1, failed: 0 });
});

test("every command prints one JSON document with --json, and help without a town", async () => {
  await using rig = await TownRig.create({ name: "json" });
  await rig.ok("spawn", "dev", "--json");
  const { taskId } = await rig.json<{ taskId: string }>("assign", "dev", "Say hello");
  const commands = [
    "wait",
    "list",
    "status",
    "status --deep",
    "status --tasks",
    "send dev hello",
    "inbox",
    "inbox dev",
    "inbox --all",
    `task show ${taskId}`,
    "task list",
    "task current dev",
    "version",
    "licenses",
    "types",
    "kill dev",
    "stop",
  ];
  for (const command of commands) {
    const { code, stdout, stderr } = await rig.tt([...command.split(" "), "--json"]);
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: "" });
    expect(() => JSON.parse(stdout)).not.toThrow();
    const help = await rig.tt([...command.split(" ").slice(0, 1), "--help"], { cwd: rig.home });
    expect({ command, code: help.code, stderr: help.stderr }).toEqual({
      command,
      code: 0,
      stderr: "",
    });
    expect(help.stdout).toContain("tt ");
  }
});

test("a reader that leaves early is no error", async () => {
  await using rig = await TownRig.create({ name: "pipes" });
  await rig.ok("spawn", "dev");
  await rig.ok("assign", "dev", "SIM: flood 2MB");
  await rig.ok("wait", "--timeout", "20s");
  for (const command of ["tt list", "tt licenses", "tt logs dev", "tt logs dev --follow"]) {
    const { code, stdout, stderr } = await rig.shell(
      `{ ${command}; echo "exit $?" >&2; } | head -n 1`,
    );
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: "exit 0\n" });
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  }
});

test("tt logs --follow prints what comes until a signal ends it", async () => {
  await using rig = await TownRig.create({ name: "logs" });
  await rig.ok("spawn", "dev");
  const logs = rig.start(["logs", "dev", "--follow"]);
  for (const word of ["one", "two"]) {
    await rig.ok("assign", "dev", `SIM: answer said ${word}`);
    await logs.printed(`said ${word}`);
  }
  logs.kill("SIGINT");
  expect(await logs.exited).toMatchObject({ code: null, signal: "SIGINT", stderr: "" });
});
