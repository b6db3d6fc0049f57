import { dirname, join, normalize } from "node:path";
import { CODE_FENCES, FILE_SIZE, LAYERS, PACKAGE_FENCES } from "./import-table.ts";

export interface SourceFile {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Finding {
  readonly level: "error" | "warning";
  readonly path: string;
  readonly message: string;
}

const SCRIPT = /\.tsx?$/;

/** Checks one file of `src/` against the import table and the fences. */
export function checkSource(file: SourceFile): readonly Finding[] {
  if (!SCRIPT.test(file.path) || file.path.endsWith(".d.ts")) return [];
  const inside = file.path.replace(/^src\//, "");
  const transpiler = new Bun.Transpiler({ loader: file.path.endsWith("x") ? "tsx" : "ts" });
  // A macro would be run; here it is a function like others.
  const text = file.text.replace(/ with \{ type: "macro" \}/g, "");
  // Leaves out imports that serve types only.
  const imports = transpiler.scanImports(text).map((found) => found.path);
  const code = transpiler.transformSync(text);
  const problems = [
    ...imports.flatMap((specifier) => checkImport(inside, specifier)),
    ...CODE_FENCES.filter((fence) => fence.pattern.test(code) && !allowed(inside, fence.in)).map(
      (fence) => `${fence.what} belongs in ${places(fence.in)}`,
    ),
  ];
  return problems.map((message) => ({ level: "error", path: file.path, message }));
}

function checkImport(inside: string, specifier: string): readonly string[] {
  if (specifier.startsWith(".")) return checkRelativeImport(inside, specifier);
  const fence = PACKAGE_FENCES.find(
    ({ what }) => specifier === what || specifier.startsWith(`${what}/`),
  );
  if (!fence || allowed(inside, fence.in)) return [];
  return [`imports "${specifier}", which belongs in ${places(fence.in)}`];
}

function checkRelativeImport(inside: string, specifier: string): readonly string[] {
  const target = normalize(join(dirname(inside), specifier));
  if (target.startsWith("..")) return [`imports "${specifier}" from outside of src/`];
  const from = layerOf(inside);
  const to = layerOf(target);
  if (from === undefined) return [`is in no layer of the import table`];
  if (to === undefined) return [`imports "${specifier}", which is in no layer of the import table`];
  if (from.name === to.name || from.mayImport.includes(to.name)) return [];
  return [`imports "${specifier}": ${from.name} must not import ${to.name}`];
}

function layerOf(inside: string) {
  return LAYERS.find(({ name }) => inside === name || inside.startsWith(`${name}/`));
}

function allowed(inside: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => inside.startsWith(prefix));
}

function places(prefixes: readonly string[]): string {
  return prefixes.map((prefix) => `src/${prefix}`).join(" or ");
}

/** Warns of files that grow, fails those that are too long to be one idea; declarations are texts. */
export function checkSize(file: SourceFile): readonly Finding[] {
  if (file.path.endsWith(".d.ts")) return [];
  if (/generated/i.test(file.text.slice(0, file.text.indexOf("\n")))) return [];
  const lines = file.text.split("\n").length - 1;
  const isTest = file.path.startsWith("test/");
  const limit = isTest ? FILE_SIZE.failTest : FILE_SIZE.fail;
  const { path } = file;
  if (lines > limit) {
    return [{ level: "error", path, message: `has ${lines} lines; the limit is ${limit}` }];
  }
  if (lines <= FILE_SIZE.warn || isTest) return [];
  return [
    { level: "warning", path, message: `has ${lines} lines; split it before it has ${limit}` },
  ];
}

/**
 * Finds absolute paths of this machine. A place that ends with a slash stands for what is below it,
 * another one also for itself.
 */
export function checkMachinePaths(file: SourceFile, places: readonly string[]): readonly Finding[] {
  const patterns = places.map((path) => {
    const escaped = path.replace(/[^\w/]/g, "\\$&");
    return escaped + (path.endsWith("/") ? "\\w" : "(?![\\w.-])");
  });
  const match = file.text.match(new RegExp(`(?<![\\w.~}$*-])(?:${patterns.join("|")})`));
  if (!match) return [];
  return [{ level: "error", path: file.path, message: `names the machine path "${match[0]}"` }];
}
