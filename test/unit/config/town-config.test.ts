import { describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadTownConfig } from "../../../src/config/town-config.ts";
import { townTemplate } from "../../../src/config/town-template.ts";
import { ConfigError } from "../../../src/core/errors.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

async function load(toml: string) {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, "tinytown.toml");
  await writeFile(file, toml);
  try {
    return { config: loadTownConfig(file), message: "", hint: undefined };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { config: undefined, message: error.message.replace(file, "FILE"), hint: error.hint };
  }
}

describe("loadTownConfig()", () => {
  test("fills in what is not said", async () => {
    expect((await load('name = "Demo"')).config).toEqual({
      name: "demo",
      defaultCli: "claude",
      maxAgents: 10,
      redis: {
        url: undefined,
        useSocket: true,
        socketPath: "redis.sock",
        host: "127.0.0.1",
        port: 6379,
        password: undefined,
        server: undefined,
        fsync: "everysec",
      },
      agent: { maxAttempts: 4, turnTimeoutMs: 3_600_000, inboxLimit: 10_000, cwd: undefined },
      agentClis: {},
    });
  });

  test("reads every setting", async () => {
    const { config } = await load(`
name = "demo"
default_cli = "codex"
max_agents = 20
[redis]
url = "redis://h:1"
use_socket = false
socket_path = "s"
host = "h"
port = 1
password = "p"
server = "/bin/server"
fsync = "always"
[agent]
max_attempts = 1
turn_timeout_secs = 2
inbox_limit = 3
cwd = "work"
[agent_clis.mine]
command = "a b"
extends = "claude"
model = "big"
env = { A = "1" }
`);
    expect(config).toMatchObject({
      defaultCli: "codex",
      maxAgents: 20,
      redis: { url: "redis://h:1", useSocket: false, port: 1, password: "p", fsync: "always" },
      agent: { maxAttempts: 1, turnTimeoutMs: 2_000, inboxLimit: 3, cwd: "work" },
      agentClis: { mine: { command: "a b", extends: "claude", model: "big", env: { A: "1" } } },
    });
  });

  test("reads what `tt init` writes", async () => {
    for (const name of ["demo", 'a"b\\c'.replaceAll(/["\\]/g, "-")]) {
      expect((await load(townTemplate(name))).config).toMatchObject({ name, maxAgents: 10 });
    }
  });

  test.each([
    ["name = 7", 'FILE:1:1: "name" must be string, not 7'],
    ['name = ""', 'FILE:1:1: "name" must not be empty'],
    ["", 'FILE: key "name" is missing'],
    ['name = "x"\n\n  max_agents = 0', 'FILE:3:3: "max_agents" must be at least 1'],
    ['name = "x"\nmax_agents = 1.5', 'FILE:2:1: "max_agents" must be a whole number'],
    ['name = "x"\nmax_agents = "9"', 'FILE:2:1: "max_agents" must be number, not "9"'],
    ['name = "x"\n[redis]\nport = 70000', 'FILE:3:1: "redis.port" must be at most 65535'],
    ['name = "x"\n[redis]\n\n"fsync" = "often"', 'FILE:4:1: "redis.fsync" must be '],
    [
      'name = "x"\n[agent_clis.my]\ncommand = 1',
      'FILE:3:1: "agent_clis.my.command" must be string',
    ],
    ['name = "x"\nredis = 3', 'FILE:2:1: "redis" must be Object, not 3'],
  ])("refuses %p", async (toml, words) => {
    expect((await load(toml)).message).toStartWith(words);
  });

  test.each([
    [
      'name = "x"\nmax_agent = 3',
      'FILE:2:1: unknown key "max_agent"',
      'did you mean "max_agents"?',
    ],
    ['name = "x"\n[redis]\nsocket = "s"', 'FILE:3:1: unknown key "redis.socket"', "socket_path"],
    ['name = "x"\n[agent]\nretries = 1', 'FILE:3:1: unknown key "agent.retries"', undefined],
    [
      'name = "x"\n[agent_clis.my]\ncomand = "a"',
      'unknown key "agent_clis.my.comand"',
      '"command"',
    ],
    ['name = "x"\n[redsi]\nurl = "u"', 'FILE:2:1: unknown key "redsi"', 'did you mean "redis"?'],
  ])("knows no other key: %p", async (toml, words, hint) => {
    const outcome = await load(toml);
    expect(outcome.message).toContain(words);
    if (hint === undefined) expect(outcome.hint).toBeUndefined();
    else expect(outcome.hint).toContain(hint);
  });

  test.each([
    ['name = "x', /^FILE:1:\d+: /],
    ['name = "x"\nname = "y"', /^FILE:2:\d+: /],
    ['name = "x"\n\n[[', /^FILE:3:\d+: /],
    ["\u0000", /^FILE:1:\d+: /],
  ])("names the place where %p is no TOML", async (toml, words) => {
    expect((await load(toml)).message).toMatch(words);
  });

  test.each(["a b", "../x", "x:y"])("refuses the town name %p", async (name) => {
    await using directory = await temporaryDirectory();
    const file = join(directory.path, "tinytown.toml");
    await writeFile(file, `name = ${JSON.stringify(name)}`);
    expect(() => loadTownConfig(file)).toThrow(`Invalid town name "${name}"`);
  });
});
