import { dirname, join } from "node:path";
import { checkConfig } from "./check-config.ts";
import { displayPath } from "./display-path.ts";
import type { FlowSource } from "./flow-source.ts";

/** A type or syntax error; lines and columns are 1-based. */
export interface TypeProblem {
  /** Absolute. */
  readonly file: string;
  /** `file:line:column`, relative to where the caller is. */
  readonly where: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly message: string;
  readonly lineText: string;
}

export interface TypeCheckOptions {
  /** What `where` is relative to. */
  readonly cwd: string;
  /** Declarations every file sees. */
  readonly types: string;
  /** Declarations added when a name of Bun or Node is missing. */
  readonly runtimeTypes: string;
}

type Log = BuildMessage | ResolveMessage;

/** A package without types is `any`: Bun imports it all the same. */
const UNTYPED_PACKAGE = /^TS7016:/;
const MISSING_RUNTIME = /^TS(2304|2307|2339|2503|2580|2584|2591|2592|2867|2868):/;

/** Checks a flow and what it imports, in this process (TypeScript 7's checker is part of Bun). */
export async function typeCheck(
  source: FlowSource,
  options: TypeCheckOptions,
): Promise<readonly TypeProblem[]> {
  const logs = await checkWithConfig(source, options);
  const problems = logs
    .filter((log) => log.level === "error" && !UNTYPED_PACKAGE.test(log.message))
    .map((log) => problem(log, source, options.cwd));
  return problems.sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column);
}

/** By the project's own tsconfig; where that cannot be used, by the gist of it. */
async function checkWithConfig(
  source: FlowSource,
  options: TypeCheckOptions,
): Promise<readonly Log[]> {
  const directory = dirname(source.module);
  await using config = await checkConfig(directory, { plain: false });
  const logs = await checkWithRuntime(source, options, config.path);
  if (!logs.some(isAboutConfig)) return logs;
  await using gist = await checkConfig(directory, { plain: true });
  return await checkWithRuntime(source, options, gist.path);
}

/** A project that has Bun's or Node's types uses those; for the others there are loose ones. */
async function checkWithRuntime(
  source: FlowSource,
  { types, runtimeTypes }: TypeCheckOptions,
  tsconfig: string,
): Promise<readonly Log[]> {
  const logs = await check(source, types, tsconfig);
  if (!logs.some((log) => MISSING_RUNTIME.test(log.message))) return logs;
  return await check(source, `${types}\n${runtimeTypes}`, tsconfig);
}

async function check(source: FlowSource, types: string, tsconfig: string): Promise<readonly Log[]> {
  const declarations = join(dirname(source.module), "[tinytown].d.ts");
  const files: Record<string, string> = { [declarations]: `/// <reference lib="dom" />\n${types}` };
  if (source.isVirtual) files[source.module] = source.text;
  const result = await Bun.build({
    entrypoints: [source.module, declarations],
    files,
    check: true,
    throw: false,
    target: "bun",
    packages: "external",
    tsconfig,
  });
  return result.success ? [] : result.logs;
}

/** Errors of the configuration have no place in a source file and hide those that have. */
function isAboutConfig({ level, position, message }: Log): boolean {
  if (level !== "error") return false;
  return position === null || position.file.endsWith(".json") || /^TS[56]\d{3}:/.test(message);
}

function problem(log: Log, source: FlowSource, cwd: string): TypeProblem {
  const position = log.position;
  const found = position?.file ?? source.module;
  const file = found === source.module ? source.file : found;
  const { line, column } = { line: position?.line ?? 1, column: position?.column ?? 1 };
  return {
    file,
    where: `${displayPath(file, cwd)}:${line}:${column}`,
    line,
    column,
    length: position?.length ?? 1,
    message: log.message,
    lineText: position?.lineText ?? "",
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
