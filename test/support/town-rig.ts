import { existsSync, symlinkSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AgentState } from "../../src/core/agent.ts";
import type { TaskState } from "../../src/core/task.ts";
import { type FoundProcess, processesOf } from "./processes.ts";
import { type Place, type RunningTt, startTt, type TtOptions, type TtResult } from "./run-tt.ts";
import { ttBinary } from "./tt-binary.ts";
import { waitFor } from "./wait-for.ts";

export interface TownRigOptions {
  /** Makes the directory a town of this name. Without it the directory is empty. */
  readonly name?: string;
  /** Added to the environment of every command. */
  readonly env?: Readonly<Record<string, string>>;
}

/** `tt status --json`, as far as stories look at it. */
export interface StatusJson {
  readonly town: string;
  readonly host: { readonly live: boolean; readonly pid?: number };
  readonly agents: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: AgentState;
    readonly inbox: number;
    readonly urgent: number;
    readonly tasksCompleted: number;
    readonly roundsCompleted: number;
    readonly currentTask?: string;
  }[];
  readonly totals: Readonly<Record<TaskState | "total", number>>;
  readonly tasks: readonly TaskJson[];
}

/** `tt task show --json`, as far as stories look at it. */
export interface TaskJson {
  readonly id: string;
  readonly description: string;
  readonly state: TaskState;
  readonly agentName?: string;
  readonly attempts: number;
  readonly result?: string;
  readonly error?: string;
}

/** What a machine without Redis has. */
const TOOLS = [
  "cat",
  "env",
  "false",
  "git",
  "head",
  "mkdir",
  "setsid",
  "sh",
  "sleep",
  "tail",
  "true",
];

/** Group and session kills need a moment until the kernel has taken the processes away. */
const GONE_WITHIN_MS = 1_000;

/**
 * The compiled program in a directory with a space in its name, with an empty home, a PATH without
 * Redis and `sim` in place of every agent's CLI. At its end it stops the town and fails the test
 * when a process is left.
 */
export class TownRig implements AsyncDisposable {
  /** Where the town is. */
  readonly root: string;
  readonly home: string;
  /** `TMPDIR` of every command. */
  readonly tmp: string;
  readonly #base: string;
  readonly #place: Place;

  private constructor(base: string, env: TownRigOptions["env"]) {
    this.#base = base;
    this.root = join(base, "my town");
    this.home = join(base, "home");
    this.tmp = join(base, "tmp");
    const PATH = join(base, "bin");
    this.#place = {
      cwd: this.root,
      env: { HOME: this.home, TMPDIR: this.tmp, PATH, TT_CLI: "sim", ...env },
    };
  }

  static async create({ name, env }: TownRigOptions = {}): Promise<TownRig> {
    const rig = new TownRig(await mkdtemp(join(tmpdir(), "tt rig ")), env);
    await Promise.all([rig.root, rig.home, rig.tmp, rig.bin].map((path) => mkdir(path)));
    symlinkSync(ttBinary(), join(rig.bin, "tt"));
    for (const tool of TOOLS) {
      const found = Bun.which(tool);
      if (found) symlinkSync(found, join(rig.bin, tool));
    }
    if (name !== undefined) await rig.ok("init", "--name", name);
    return rig;
  }

  /** The only directory on PATH. */
  get bin(): string {
    return join(this.#base, "bin");
  }

  start(argv: readonly string[], options?: TtOptions): RunningTt {
    return startTt(argv, this.#place, options);
  }

  tt(argv: readonly string[], options?: TtOptions): Promise<TtResult> {
    return this.start(argv, options).exited;
  }

  /** Runs a script as somebody would type it; `tt` is on its PATH. It ends at the first failure. */
  shell(script: string, options?: TtOptions): Promise<TtResult> {
    return this.tt(["-e", "-c", script], { program: join(this.bin, "sh"), ...options });
  }

  /** Runs a command that must succeed without a word on stderr. @returns its stdout */
  async ok(...argv: readonly string[]): Promise<string> {
    const { code, signal, stdout, stderr } = await this.tt(argv);
    if (code === 0 && stderr === "") return stdout;
    throw new Error(`"tt ${argv.join(" ")}" ended with ${code ?? signal}:\n${stdout}${stderr}`);
  }

  /** Runs a command that must succeed and reads what it prints with `--json`. */
  async json<T>(...argv: readonly string[]): Promise<T> {
    const value: T = JSON.parse(await this.ok(...argv, "--json"));
    return value;
  }

  status(): Promise<StatusJson> {
    return this.json<StatusJson>("status");
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  /** Writes a file of the town's directory. @returns its path */
  async write(file: string, text: string): Promise<string> {
    const path = this.path(file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  /** A file of the town's directory; undefined when there is none. */
  async read(file: string): Promise<string | undefined> {
    const path = this.path(file);
    return existsSync(path) ? readFile(path, "utf8") : undefined;
  }

  /** Resolves when an agent has written this line to a file of the town's directory. */
  async line(file: string, text: string): Promise<void> {
    const written = async () => (await this.read(file))?.split("\n").includes(text);
    await waitFor(written, { what: `line "${text}" in ${file}`, timeoutMs: 10_000 });
  }

  /** Resolves when an agent has come to the `SIM: hang` of its turn. */
  async hangs(agent: string): Promise<void> {
    const hangs = async () => (await this.read(`.tt/logs/${agent}/output.log`))?.includes('"hang"');
    await waitFor(hangs, { what: `the turn of ${agent}`, timeoutMs: 10_000 });
  }

  /** Everything that runs for this town or left it behind. */
  processes(): readonly FoundProcess[] {
    return processesOf(this.#base);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const towns = [...new Bun.Glob("**/tinytown.toml").scanSync({ cwd: this.root })];
    const stops = await Promise.all(
      towns.map((file) => this.tt(["stop", "--all"], { cwd: dirname(this.path(file)) })),
    );
    const gone = () => this.processes().length === 0;
    await waitFor(gone, { what: "the end", timeoutMs: GONE_WITHIN_MS }).catch(() => undefined);
    const left = this.processes();
    for (const { pid } of left) kill(pid);
    await rm(this.#base, { recursive: true, force: true });
    const failed = stops.find(({ code }) => code !== 0);
    if (failed) throw new Error(`"tt stop --all" failed: ${failed.stderr}`);
    if (left.length > 0) {
      throw new Error(`Left running: ${left.map((each) => JSON.stringify(each)).join("\n")}`);
    }
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}
