import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/**
 * What these options settle is how Bun runs the file, whatever the project's tsconfig is made for.
 * Without `moduleDetection` a flow that imports nothing could not use `await`.
 */
const OWN_OPTIONS = {
  target: "esnext",
  module: "preserve",
  moduleResolution: "bundler",
  moduleDetection: "force",
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  noEmit: true,
  composite: false,
  incremental: false,
  declaration: false,
  skipLibCheck: true,
};

/** Options that say how strict the project wants to be. */
const STRICTNESS =
  /^(strict|noImplicit|noUnused|noUnchecked|exactOptional|noFallthrough|noProperty|allowUn)/;

/**
 * A tsconfig.json for one check. The checker takes no other than a file, and without one it goes by
 * that of the working directory, wherever the flow is.
 */
export interface CheckConfig extends AsyncDisposable {
  readonly path: string;
}

/**
 * The tsconfig of the flow's project with our options on top.
 *
 * @param plain take from it only what a check needs: an option TypeScript no longer has, or a type
 * package that is not installed, would otherwise end the check before it looks at the flow
 */
export async function checkConfig(
  directory: string,
  { plain }: { readonly plain: boolean },
): Promise<CheckConfig> {
  const base = nearestAbove(directory, "tsconfig.json");
  const folder = await mkdtemp(join(tmpdir(), "tt-check-"));
  const path = join(folder, "tsconfig.json");
  const project = plain ? gist(base) : whole(base);
  await writeFile(path, JSON.stringify({ ...project, files: [], include: [] }));
  // `types` of the project are looked up from where the config is.
  const packages = base && nearestAbove(dirname(base), "node_modules");
  if (packages !== undefined) await symlink(packages, join(folder, "node_modules"), "dir");
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

function whole(base: string | undefined): Record<string, unknown> {
  if (base === undefined) return gist(base);
  return { extends: base, compilerOptions: OWN_OPTIONS };
}

function gist(base: string | undefined): Record<string, unknown> {
  const own = base === undefined ? { strict: true } : plainOptions(base);
  return { compilerOptions: { ...own, ...OWN_OPTIONS, types: [] } };
}

function plainOptions(file: string): Record<string, unknown> {
  const own = compilerOptions(file);
  const strict = Object.entries(own).filter(([name]) => STRICTNESS.test(name));
  const root = resolve(dirname(file), text(own.baseUrl) ?? ".");
  const paths: Record<string, string[]> = {};
  for (const [pattern, targets] of Object.entries(record(own.paths))) {
    const found = Array.isArray(targets) ? targets : [];
    paths[pattern] = found.map((target) => resolve(root, String(target)));
  }
  if (own.baseUrl !== undefined) paths["*"] ??= [join(root, "*")];
  return { ...Object.fromEntries(strict), paths };
}

function compilerOptions(file: string): Record<string, unknown> {
  try {
    return record(record(Bun.JSONC.parse(readFileSync(file, "utf8"))).compilerOptions);
  } catch {
    return {}; // not JSON; the check goes on without it
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function nearestAbove(directory: string, name: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    const path = join(at, name);
    if (existsSync(path)) return path;
    if (dirname(at) === at) return undefined;
  }
}
