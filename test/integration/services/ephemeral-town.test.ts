import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isRunning, processesOf } from "../../support/processes.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { waitFor } from "../../support/wait-for.ts";

const FIXTURE = resolve(import.meta.dir, "../../fixtures/services/ephemeral.ts");
/** Leaves a process in a session of its own, and never ends. */
const HANGS = "SIM: background sleep 1000\nSIM: append hangs.txt x\nSIM: hang hard";

interface Opened {
  readonly root: string;
  readonly host: number;
  readonly result: string;
}

/** A process that opens an ephemeral town, with an empty home and a space in every path. */
async function start(tasks: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const directory = await temporaryDirectory();
  const path = (name: string) => join(directory.path, name);
  const [workDir, home, tmp] = [path("work dir"), path("home"), path("tmp dir")];
  for (const each of [workDir, home, tmp]) await mkdir(each);
  const child = Bun.spawn([process.execPath, FIXTURE, workDir, ...tasks], {
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: tmp, ...variables },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const left = () => processesOf(directory.path);
  return {
    child,
    workDir,
    /** Nothing runs, and nothing lies about, but for the place of the socket. */
    nothingLeft: async () => {
      const gone = () => left().length === 0 && readdirSync(tmp).length === 0;
      await waitFor(gone, { what: "the end of the town", timeoutMs: 10_000 });
      // The socket of a path with a space is in the home; beside it is only Bun's cache.
      const run = join(home, ".tt", "run");
      expect(existsSync(run) && readdirSync(run).length > 0).toBe(false);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      for (const { pid } of left()) process.kill(pid, "SIGKILL");
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** The same, when its town is open and the first task is done. */
async function opener(...input: Parameters<typeof start>) {
  const started = await start(...input);
  const { value } = await started.child.stdout.getReader().read();
  const opened: Opened = JSON.parse(new TextDecoder().decode(value));
  return { ...started, ...opened };
}

describe.concurrent("an ephemeral town", () => {
  test("works where it is told to and leaves nothing when it is closed", async () => {
    await using town = await opener(["SIM: append done.txt x\nSIM: show pwd"]);
    expect(town.result).toBe(town.workDir);
    expect(readdirSync(town.workDir)).toEqual(["done.txt"]);
    expect(existsSync(town.root)).toBe(true);
    void town.child.stdin.end();
    expect(await town.child.exited).toBe(0);
    await town.nothingLeft();
  });

  test("has a server of its own, whatever the project uses", async () => {
    const elsewhere = "redis://127.0.0.1:1";
    const task = "SIM: tt status\nSIM: answer seen";
    await using town = await opener([task], {
      REDIS_URL: elsewhere,
      TINYTOWN_REDIS_URL: elsewhere,
    });
    expect(town.result).toBe("seen");
    void town.child.stdin.end();
    await town.nothingLeft();
  });

  test("is removed by its host when whoever opened it is killed", async () => {
    await using town = await opener(["x", HANGS.replace(" hard", "")]);
    await waitFor(() => existsSync(join(town.workDir, "hangs.txt")), { what: "the turn" });
    town.child.kill("SIGKILL");
    await town.nothingLeft();
  });

  test("is removed by whoever opened it when its host is killed", async () => {
    await using town = await opener(["x", HANGS]);
    await waitFor(() => existsSync(join(town.workDir, "hangs.txt")), { what: "the turn" });
    process.kill(town.host, "SIGKILL");
    await waitFor(() => !isRunning(town.host), { what: "the end of the host" });
    void town.child.stdin.end();
    expect(await town.child.exited).toBe(0);
    await town.nothingLeft();
  });

  test("that cannot be opened says why and leaves nothing", async () => {
    await using town = await start(["x"], { TT_REDIS_SERVER: "/bin/false" });
    expect(await town.child.exited).not.toBe(0);
    expect(await town.child.stderr.text()).toContain("E_REDIS_UNREACHABLE");
    await town.nothingLeft();
  });
});
