import { readFile } from "node:fs/promises";
import { parse, TomlError } from "smol-toml";
import * as v from "valibot";
import { ConfigError } from "../core/errors.ts";

/** One `[[rule]]`: what the `sim` CLI does for tasks that carry no directives themselves. */
export interface SimRule {
  readonly match: RegExp;
  /** Directives without their `SIM:`. */
  readonly steps: readonly string[];
}

const Script = v.strictObject({
  rule: v.array(
    v.strictObject({
      match: v.pipe(v.string(), v.check(isPattern, "is not a regular expression")),
      do: v.array(v.string()),
    }),
  ),
});

/**
 * Reads the file that `TT_SIM_SCRIPT` names:
 *
 *     [[rule]]
 *     match = "login"                             # regular expression, case does not matter
 *     do = ["write a.txt hello", "answer done"]
 *
 * @throws ConfigError naming the file, and the line where it is known
 */
export async function loadSimScript(file: string): Promise<readonly SimRule[]> {
  const checked = v.safeParse(Script, parseToml(file, await readScript(file)));
  if (!checked.success) {
    const [issue] = checked.issues;
    const path = v.getDotPath(issue);
    const hint = 'write [[rule]] with match = "…" and do = ["…"]';
    throw new ConfigError(
      { file },
      path === null ? issue.message : `${path}: ${issue.message}`,
      hint,
    );
  }
  return checked.output.rule.map((rule) => ({
    match: new RegExp(rule.match, "i"),
    steps: rule.do,
  }));
}

async function readScript(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError({ file }, `cannot be read: ${problem}`, "correct TT_SIM_SCRIPT");
  }
}

function parseToml(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [summary = cause.message] = cause.message.split("\n");
    throw new ConfigError({ file, line: cause.line, column: cause.column }, summary);
  }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "i") instanceof RegExp;
  } catch {
    // A pattern that does not compile throws; that is the answer.
    return false;
  }
}
