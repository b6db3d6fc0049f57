import { mkdir, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Environment, readEnvironment } from "../../src/config/env.ts";
import { markedProcesses } from "../../src/process/marked-processes.ts";
import { HOST_MARKER } from "../../src/services/markers.ts";
import { type OpenTownOptions, openTown } from "../../src/services/open-town.ts";
import { stopTown } from "../../src/services/stop-town.ts";
import type { Town } from "../../src/services/town.ts";
import { freshTownName, testServer } from "./redis.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { waitFor } from "./wait-for.ts";

export interface TestTownOptions {
  /** `managed`: a server of the town's own. Default: the one all tests share. */
  readonly server?: "shared" | "managed";
  /** TOML after the name; the agents' CLI is `sim` unless it says otherwise. */
  readonly config?: string;
  /** Variables for the host and the agents. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly env?: Partial<Environment>;
}

export interface TestTown extends AsyncDisposable {
  /** Opened as one-shot commands do. */
  readonly town: Town;
  readonly root: string;
  readonly env: Environment;
  /** Opens it once more; closed with the rig. */
  open(options?: Omit<OpenTownOptions, "dir" | "env">): Promise<Town>;
}

/** A town in a directory with a space in its name; nothing of it is left afterwards. */
export async function testTown(options: TestTownOptions = {}): Promise<TestTown> {
  const directory = await temporaryDirectory();
  const base = await realpath(directory.path);
  const root = join(base, "my town");
  const home = join(base, "home");
  await mkdir(root);
  await mkdir(home);
  const config = `name = "${freshTownName()}"\ndefault_cli = "sim"\n${options.config ?? ""}\n`;
  await writeFile(join(root, "tinytown.toml"), config);
  const env = await environment({ root, home }, options);
  const towns: Town[] = [];
  const open: TestTown["open"] = async (more = {}) => {
    const town = await openTown({ dir: root, env, ...more });
    towns.push(town);
    return town;
  };
  const town = await open();
  return {
    town,
    root,
    env,
    open,
    async [Symbol.asyncDispose]() {
      try {
        await stopTown(town, { server: town.server.managed });
        await expectNothingLeft(town);
      } finally {
        for (const each of towns) await each[Symbol.asyncDispose]();
        await rm(base, { recursive: true, force: true });
      }
    },
  };
}

async function environment(
  place: { readonly root: string; readonly home: string },
  options: TestTownOptions,
): Promise<Environment> {
  const url = options.server === "managed" ? undefined : (await testServer()).url;
  const own = readEnvironment();
  return {
    ...own,
    cwd: place.root,
    home: place.home,
    runtimeDir: undefined,
    cacheDir: undefined,
    town: undefined,
    redisUrl: url,
    redisUrlFrom: url === undefined ? undefined : "TINYTOWN_REDIS_URL",
    cliOverride: undefined,
    agentId: undefined,
    agentName: undefined,
    simScript: undefined,
    ...options.env,
    all: {
      PATH: own.all.PATH,
      HOME: place.home,
      ...(url === undefined ? {} : { TINYTOWN_REDIS_URL: url }),
      ...options.variables,
    },
  };
}

/** A killed process needs a moment until the kernel has taken it away. */
async function expectNothingLeft(town: Town): Promise<void> {
  const left = () => markedProcesses(HOST_MARKER, town.hostId);
  await waitFor(() => left().length === 0, { what: "the end", timeoutMs: 1_000 }).catch(() => {
    throw new Error(`Processes of a turn are left: ${left().join(", ")}`);
  });
}
