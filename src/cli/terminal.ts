import { fstatSync, statSync } from "node:fs";
import type { Style } from "./render/style.ts";

/** The variables that decide how text may look. */
export interface TerminalEnv {
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
  readonly COLUMNS?: string | undefined;
  readonly LC_ALL?: string | undefined;
  readonly LC_CTYPE?: string | undefined;
  readonly LANG?: string | undefined;
  readonly GITHUB_ACTIONS?: string | undefined;
}

export function terminalStyle(stream: "stdout" | "stderr", env: TerminalEnv): Style {
  const fd = stream === "stdout" ? 1 : 2;
  const terminal = isTerminal(fd);
  return {
    color: wantsColor(terminal, env),
    unicode: terminal && env.TERM !== "linux" && speaksUtf8(env),
    width: terminal ? columns(env) : undefined,
    runner: env.GITHUB_ACTIONS === "true" && !isRegularFile(fd),
  };
}

/**
 * Importing node:tty costs several milliseconds, so the file's type decides: a terminal is a
 * character device that is not of the family of /dev/null.
 */
export function isTerminal(fd: number): boolean {
  try {
    const status = fstatSync(fd);
    if (!status.isCharacterDevice()) return false;
    return major(status.rdev) !== major(statSync("/dev/null").rdev);
  } catch {
    return false; // a closed descriptor
  }
}

/** What goes into a file does not reach a CI runner. */
function isRegularFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false; // a closed descriptor
  }
}

/** Linux and macOS put the major number above the low 8 or 24 bits; both families differ there. */
function major(rdev: number): number {
  return process.platform === "darwin" ? Math.floor(rdev / 2 ** 24) : Math.floor(rdev / 256);
}

export function wantsColor(terminal: boolean, env: TerminalEnv): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return terminal && env.TERM !== "dumb";
}

/** The first variable that is set decides, as in setlocale(3). */
function speaksUtf8(env: TerminalEnv): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(
    (value) => value !== undefined && value !== "",
  );
  return locale === undefined ? process.platform === "darwin" : /utf-?8/i.test(locale);
}

function columns(env: TerminalEnv): number {
  const given = Number(env.COLUMNS);
  return Number.isInteger(given) && given > 0 ? given : 80;
}
