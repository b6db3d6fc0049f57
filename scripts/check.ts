import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkLayers, renderFindings } from "./check-layers.ts";
import { repoRoot } from "./lib/repo-root.ts";
import { runCommand } from "./lib/run-command.ts";
import { runScript } from "./lib/run-script.ts";
import { runTests, type TestCounts } from "./lib/test-run.ts";
import { setup } from "./setup.ts";

interface Step {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** What the reader has to see, empty when all is well. */
  readonly output: string;
}

export interface CheckResult {
  /** Names of the failed steps; the tests are one of them. */
  readonly failedSteps: readonly string[];
  readonly tests: TestCounts;
}

/** The one gate: format, lint, types, layers, unit and integration tests. Runs all of it, whatever fails. */
export async function check(options: { readonly fix: boolean }): Promise<CheckResult> {
  const steps = await Promise.all([
    commandStep("format and lint", [
      ...[packageBin("@biomejs/biome/bin/biome"), "check", "--config-path=scripts/lint.json"],
      ...(options.fix ? ["--write"] : []),
    ]),
    commandStep("types", [packageBin("typescript/bin/tsc"), "--project", "tsconfig.json"]),
    layerStep(),
  ]);
  for (const step of steps) if (step.output !== "") console.error(step.output);

  const started = performance.now();
  const tests = await runTests({
    name: "check",
    directories: ["test/unit", "test/integration"],
    testTimeoutMs: 20_000,
    timeoutMs: 180_000,
  });
  const seconds = (performance.now() - started) / 1000;
  const testStep = {
    name: "tests",
    ok: tests.failed === 0 && tests.passed > 0,
    seconds,
    output: "",
  };

  const all = [...steps, testStep];
  console.log(`\n${all.map(renderStep).join("\n")}`);
  return { tests, failedSteps: all.filter((step) => !step.ok).map((step) => step.name) };
}

function packageBin(path: string): string {
  return join(repoRoot, "node_modules", path);
}

async function commandStep(name: string, argv: readonly string[]): Promise<Step> {
  const { code, output, seconds } = await runCommand([process.execPath, ...argv]);
  return { name, ok: code === 0, seconds, output: code === 0 ? "" : output };
}

async function layerStep(): Promise<Step> {
  const started = performance.now();
  const findings = await checkLayers();
  const ok = findings.every((finding) => finding.level !== "error");
  const seconds = (performance.now() - started) / 1000;
  return { name: "layers", ok, seconds, output: renderFindings(findings) };
}

function renderStep({ name, ok, seconds }: Step): string {
  return `${name.padEnd(16)} ${ok ? "ok    " : "FAILED"} ${seconds.toFixed(1).padStart(6)} s`;
}

if (import.meta.main) {
  await runScript(async () => {
    const { values } = parseArgs({ options: { fix: { type: "boolean", default: false } } });
    await setup();
    const { failedSteps } = await check(values);
    return failedSteps.length === 0 ? 0 : 1;
  });
}
