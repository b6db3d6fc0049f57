import { readdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  checkMachinePaths,
  checkSize,
  checkSource,
  type Finding,
  type SourceFile,
} from "./layers/check-source.ts";
import { listFiles } from "./lib/list-files.ts";
import { repoRoot } from "./lib/repo-root.ts";
import { runScript } from "./lib/run-script.ts";

/** Everything that people read or write; fixtures and captured output included. */
const PATTERNS = [
  "{src,scripts,test}/**/*.{ts,lua,md,json,toml,txt}",
  "*.{md,json,toml}",
  ".ci/*",
  ".github/**/*.yml",
];

/** Checks layers, package fences, file sizes and machine paths of the whole repository. */
export async function checkLayers(root = repoRoot): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const places = machinePaths(root);
  for (const path of listFiles(root, PATTERNS)) {
    const file: SourceFile = { path, text: await Bun.file(join(root, path)).text() };
    findings.push(...checkMachinePaths(file, places));
    if (isOwnCode(path)) findings.push(...checkSize(file));
    if (isOwnCode(path) && path.startsWith("src/")) findings.push(...checkSource(file));
  }
  return findings;
}

/** Absolute paths that exist on this machine only: its users' places, and what lies beside the clone. */
function machinePaths(root: string): readonly string[] {
  const parent = dirname(root);
  const beside = dirname(parent) === parent ? [] : readdirSync(parent);
  const own = [homedir(), tmpdir()].filter((path) => dirname(path) !== path);
  return [...own.map((path) => `${path}/`), ...beside.map((name) => join(parent, name))];
}

/** Templates and fixtures are written by users of tt, not by tt: other rules hold for them. */
function isOwnCode(path: string): boolean {
  return path.endsWith(".ts") && !/^(src\/flow\/templates|test\/fixtures)\//.test(path);
}

export function renderFindings(findings: readonly Finding[]): string {
  return findings.map(({ level, path, message }) => `${level}: ${path} ${message}`).join("\n");
}

if (import.meta.main) {
  await runScript(async () => {
    const findings = await checkLayers();
    if (findings.length > 0) console.error(renderFindings(findings));
    return findings.some((finding) => finding.level === "error") ? 1 : 0;
  });
}
