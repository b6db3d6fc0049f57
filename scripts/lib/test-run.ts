import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { repoRoot } from "./repo-root.ts";
import { runCommand } from "./run-command.ts";

/** Totals of one or more runs of `bun test`. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Calls of `expect()`. */
  readonly assertions: number;
}

export const NO_TESTS: TestCounts = { passed: 0, failed: 0, skipped: 0, assertions: 0 };

export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    assertions: a.assertions + b.assertions,
  };
}

export interface TestRunOptions {
  /** Names the report: `dist/test/<name>.xml`. */
  readonly name: string;
  /** Directories of tests, relative to the repository. */
  readonly directories: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds that one test may take. */
  readonly testTimeoutMs: number;
  /** Milliseconds that all of them may take: a test that hangs for good must not hang its caller. */
  readonly timeoutMs: number;
}

/** Runs `bun test` with its output shown, and counts from its JUnit report. */
export async function runTests(options: TestRunOptions): Promise<TestCounts> {
  const reports = join(repoRoot, "dist/test");
  const report = join(reports, `${options.name}.xml`);
  await mkdir(reports, { recursive: true });
  await rm(report, { force: true });
  const { code, timedOut } = await runCommand(
    [
      ...[process.execPath, "test", `--timeout=${options.testTimeoutMs}`],
      ...["--reporter=junit", `--reporter-outfile=${report}`],
      ...options.directories.map((directory) => `./${directory}`),
    ],
    { output: "inherit", env: { ...options.env }, timeoutMs: options.timeoutMs },
  );
  if (timedOut) console.error(`tests: killed, not done after ${options.timeoutMs / 1000} s`);
  const counts = existsSync(report) ? countsOf(await Bun.file(report).text()) : NO_TESTS;
  // A run that breaks outside of a test, or that finds no test, reports no failure of its own.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Reads the totals from the root element of a JUnit report. */
export function countsOf(junit: string): TestCounts {
  const root = junit.match(/<testsuites\b[^>]*>/)?.[0] ?? "";
  const total = (name: string) => Number(root.match(new RegExp(`\\b${name}="(\\d+)"`))?.[1] ?? 0);
  const failed = total("failures") + total("errors");
  const skipped = total("skipped");
  return {
    passed: total("tests") - failed - skipped,
    failed,
    skipped,
    assertions: total("assertions"),
  };
}
