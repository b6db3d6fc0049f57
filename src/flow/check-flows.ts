import { readEnvironment } from "../config/env.ts";
import { openFlowSource } from "./flow-source.ts";
import { flowTypes, runtimeTypes } from "./flow-types.ts";
import { type TypeProblem, typeCheck } from "./type-check.ts";

export interface CheckResult {
  readonly ok: boolean;
  readonly files: readonly string[];
  readonly problems: readonly TypeProblem[];
}

/** Checks flows without running them. @throws NotFoundError E_FILE_NOT_FOUND, UsageError */
export async function checkFlows(
  scripts: readonly string[],
  options: { readonly stdin: () => Promise<string> },
): Promise<CheckResult> {
  const { cwd } = readEnvironment();
  const sources = await Promise.all(
    scripts.map((script) => openFlowSource(script, { cwd, stdin: options.stdin })),
  );
  const types = { cwd, types: flowTypes(), runtimeTypes: runtimeTypes() };
  const problems = new Map<string, TypeProblem>();
  for (const source of sources) {
    for (const problem of await typeCheck(source, types)) {
      // What several flows import is checked with each of them.
      problems.set(`${problem.where} ${problem.message}`, problem);
    }
  }
  return {
    ok: problems.size === 0,
    files: sources.map((source) => source.file),
    problems: [...problems.values()],
  };
}
