import { cp, mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listFiles } from "../lib/list-files.ts";
import { repoRoot } from "../lib/repo-root.ts";
import { runCommand } from "../lib/run-command.ts";
import { ScriptError } from "../lib/run-script.ts";

export interface ScratchRepository {
  /** Holds everything else; a space in its name. */
  readonly base: string;
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: number;
  /** Whether git is there and keeps it. */
  readonly git: boolean;
}

const PROJECT_FILES = ["README.md", "LICENSE", "src/core/*.ts"];

/** A directory of this project's own files, committed where git is there, that becomes a town. */
export async function makeScratchRepository(tt: string): Promise<ScratchRepository> {
  const base = await realpath(await mkdtemp(join(tmpdir(), "tinytown demo ")));
  const root = join(base, "little-project");
  const env = demoEnvironment(base, join(repoRoot, "scripts/demo/sim.toml"));
  const files = listFiles(repoRoot, PROJECT_FILES);
  for (const file of files) await cp(join(repoRoot, file), join(root, file));
  await cp(join(repoRoot, "scripts/demo/pipeline.ts"), join(root, "pipeline.ts"));
  await mkdir(join(base, "home"));
  const git = Bun.which("git") !== null;
  if (git) await succeed(["git", "init", "--quiet", "--initial-branch=main"], { cwd: root, env });
  await succeed([tt, "init", "--quiet"], { cwd: root, env });
  if (git) {
    await succeed(["git", "add", "."], { cwd: root, env });
    await succeed(["git", "commit", "--quiet", "--message", "The project"], { cwd: root, env });
  }
  return { base, root, env, files: files.length + 1, git };
}

export async function removeScratchRepository({ base }: ScratchRepository): Promise<void> {
  await rm(base, { recursive: true, force: true });
}

/** A home of its own, and nothing of another town, server or repository. */
function demoEnvironment(base: string, script: string): Record<string, string | undefined> {
  const foreign = Object.keys(process.env).filter((name) =>
    /^(TT_|TINYTOWN_|REDIS_URL$|XDG_|GIT_)/.test(name),
  );
  const identity = { name: "Tinytown demo", email: "demo@tinytown.invalid" };
  return {
    ...Object.fromEntries(foreign.map((name) => [name, undefined])),
    HOME: join(base, "home"),
    TT_SIM_SCRIPT: script,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
  };
}

interface Place {
  readonly cwd: string;
  readonly env: ScratchRepository["env"];
}

/** Runs a command that must succeed. @returns its standard output */
export async function succeed(argv: readonly string[], place: Place): Promise<string> {
  const { code, output, stdout } = await runCommand(argv, place);
  if (code === 0) return stdout;
  throw new ScriptError(`"${argv.join(" ")}" exited with ${code}:\n${output.trim()}`);
}
