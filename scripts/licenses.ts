import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { repoRoot } from "./lib/repo-root.ts";
import { ScriptError } from "./lib/run-script.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface InstalledPackage {
  readonly directory: string;
  readonly manifest: Manifest;
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;
const RULE = "=".repeat(80);

/** The licence texts of everything in the executable but the server, which brings its own. */
export async function licenceTexts(root = repoRoot): Promise<string> {
  const packages = await runtimePackages(root);
  const sections = [
    section("tinytown", await Bun.file(join(root, "LICENSE")).text()),
    section(`Bun ${Bun.version}`, await Bun.file(join(root, "scripts/licenses/bun.txt")).text()),
  ];
  for (const { directory, manifest } of packages) {
    const title = `${manifest.name} ${manifest.version} (${manifest.license ?? "no licence named"})`;
    sections.push(section(title, await packageLicence(directory, manifest)));
  }
  return sections.join("\n");
}

/** The packages that the program needs at run time, with theirs, by name. */
export async function runtimePackages(root: string): Promise<readonly InstalledPackage[]> {
  const found = new Map<string, InstalledPackage>();
  const pending = [{ directory: root, manifest: await readManifest(root) }];
  for (let parent = pending.pop(); parent; parent = pending.pop()) {
    for (const name of Object.keys(parent.manifest.dependencies ?? {})) {
      const directory = resolvePackage(name, { from: parent.directory, root });
      if (found.has(directory)) continue;
      const installed = { directory, manifest: await readManifest(directory) };
      found.set(directory, installed);
      pending.push(installed);
    }
  }
  return [...found.values()].sort((a, b) => a.manifest.name.localeCompare(b.manifest.name, "en"));
}

async function readManifest(directory: string): Promise<Manifest> {
  const manifest: Manifest = await Bun.file(join(directory, "package.json")).json();
  return manifest;
}

function resolvePackage(name: string, where: { readonly from: string; readonly root: string }) {
  for (let directory = where.from; ; directory = dirname(directory)) {
    const candidate = join(directory, "node_modules", name);
    if (existsSync(candidate)) return candidate;
    if (directory === where.root)
      throw new ScriptError(`Cannot find package "${name}": run "bun run setup"`);
  }
}

async function packageLicence(directory: string, manifest: Manifest): Promise<string> {
  const files = readdirSync(directory).filter((file) => LICENCE_FILE.test(file));
  if (files.length === 0) {
    throw new ScriptError(`Cannot embed package "${manifest.name}": it has no licence text`);
  }
  const texts = files.sort().map((file) => Bun.file(join(directory, file)).text());
  return (await Promise.all(texts)).join("\n\n");
}

function section(title: string, text: string): string {
  return `${RULE}\n${title}\n${RULE}\n\n${text.trim()}\n`;
}
