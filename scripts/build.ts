import { existsSync, statSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { compile } from "./build/compile.ts";
import { hashFiles } from "./lib/hash-files.ts";
import { listFiles } from "./lib/list-files.ts";
import { repoRoot } from "./lib/repo-root.ts";
import { runCommand } from "./lib/run-command.ts";
import { runScript } from "./lib/run-script.ts";
import { licenceTexts } from "./licenses.ts";
import { setup } from "./setup.ts";

export interface BuildOptions {
  /** Bun's name of another platform, e.g. `bun-linux-arm64`; default this machine. */
  readonly target?: string | undefined;
}

export interface BuildResult {
  readonly path: string;
  /** `false` when nothing had changed since the last build. */
  readonly rebuilt: boolean;
}

/** What was built from what, by the file's name in `dist`. */
type BuildRecord = Readonly<Record<string, { readonly inputs: string; readonly size: number }>>;

const DIST = join(repoRoot, "dist");
const RECORD = join(DIST, "build.json");

/** The bundler's metafile of the last build for this machine: what imports what, in which chunk. */
export const METAFILE = join(DIST, "build-meta.json");

/** Builds `dist/tt`, or `dist/tt-<target>`, unless it is up to date. Call `setup()` first. */
export async function build(options: BuildOptions = {}): Promise<BuildResult> {
  const { target } = options;
  await mkdir(DIST, { recursive: true });
  const name = target === undefined ? "tt" : `tt-${target}${/windows/.test(target) ? ".exe" : ""}`;
  const outfile = join(DIST, name);
  const embed = await filesToEmbed(target);
  const define = await constants();
  const inputs = await hashInputs({ embed, facts: { ...define, target, bun: Bun.revision } });
  const record = await readRecord();
  const last = record[name];
  if (last?.inputs === inputs && existsSync(outfile) && statSync(outfile).size === last.size) {
    return { path: outfile, rebuilt: false };
  }
  const staging = join(DIST, `.build-${process.pid}`);
  const entry = join(repoRoot, "src/main.ts");
  const metafile = await compile({ entry, staging, outfile, embed, define, target });
  if (target === undefined) await writeAtomically(METAFILE, JSON.stringify(metafile));
  const built = { inputs, size: statSync(outfile).size };
  await writeAtomically(RECORD, `${JSON.stringify({ ...record, [name]: built }, null, 2)}\n`);
  return { path: outfile, rebuilt: true };
}

/** The server's files exist where `setup()` could build one; without them the executable has none. */
async function filesToEmbed(target: string | undefined): Promise<Record<string, string>> {
  const server = join(DIST, "server", serverPlatform(target));
  const licences = join(DIST, "licenses.txt");
  await writeAtomically(licences, await licenceTexts());
  const wanted = {
    "licenses.txt": licences,
    "server.json": join(server, "server.json"),
    "LICENSES.txt": join(server, "LICENSES.txt"),
    "valkey-server.zst": join(server, "valkey-server.zst"),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, path]) => existsSync(path)));
}

/** `linux-arm64` for the target `bun-linux-arm64-musl`: a static server runs with any C library. */
function serverPlatform(target: string | undefined): string {
  const match = target?.match(/^bun-(\w+-\w+)/);
  return match?.[1] ?? `${process.platform}-${process.arch}`;
}

async function constants(): Promise<{ TT_VERSION: string; TT_COMMIT: string }> {
  const manifest: { version: string } = await Bun.file(join(repoRoot, "package.json")).json();
  return { TT_VERSION: manifest.version, TT_COMMIT: await currentCommit() };
}

/** Short hash with `+` when the tree has changes; `unknown` where there is no history. */
export async function currentCommit(): Promise<string> {
  const description = Bun.which("git")
    ? await runCommand(["git", "describe", "--always", "--dirty=+", "--exclude=*"])
    : undefined;
  return description?.code === 0 ? description.stdout.trim() : "unknown";
}

interface Inputs {
  readonly embed: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string | undefined>>;
}

async function hashInputs({ embed, facts }: Inputs): Promise<string> {
  const files = [
    ...listFiles(repoRoot, ["src/**/*", "scripts/build/**/*"]),
    ...Object.values(embed).map((path) => relative(repoRoot, path)),
    ...["package.json", "bun.lock", "tsconfig.json", "scripts/build.ts"],
  ];
  const content = await hashFiles(repoRoot, files);
  return new Bun.CryptoHasher("sha256").update(content + JSON.stringify(facts)).digest("hex");
}

async function readRecord(): Promise<BuildRecord> {
  if (!existsSync(RECORD)) return {};
  try {
    const record: BuildRecord = await Bun.file(RECORD).json();
    return record;
  } catch {
    return {}; // a damaged record only means that everything is built again
  }
}

async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await Bun.write(temporary, text);
  await rename(temporary, path);
}

if (import.meta.main) {
  await runScript(async () => {
    const { values } = parseArgs({ options: { target: { type: "string" } } });
    await setup();
    const { path, rebuilt } = await build(values);
    console.log(`${relative(repoRoot, path)} ${rebuilt ? "built" : "is up to date"}`);
    return 0;
  });
}
