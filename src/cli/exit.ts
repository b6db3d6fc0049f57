import { type ErrorCode, TinytownError } from "../core/errors.ts";
import type { InterruptSignal } from "./io.ts";
import { OutputError } from "./output.ts";

/** Exit codes of every command; scripts rely on them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  check: 3,
  task: 4,
  unavailable: 8,
  deadlock: 13,
  internal: 70,
  timeout: 124,
  interrupted: 130,
} as const;

export const EXIT_BY_CODE: Readonly<Record<ErrorCode, number>> = {
  E_USAGE: EXIT.usage,
  E_CONFIG: EXIT.usage,
  E_TOWN_EXISTS: EXIT.usage,
  E_FILE_NOT_FOUND: EXIT.usage,
  E_TOWN_NOT_FOUND: EXIT.unavailable,
  E_REDIS_MISSING: EXIT.unavailable,
  E_REDIS_UNREACHABLE: EXIT.unavailable,
  E_REDIS_REFUSED: EXIT.unavailable,
  E_REDIS_TOO_OLD: EXIT.unavailable,
  E_HOST_UNAVAILABLE: EXIT.unavailable,
  E_AGENT_CLI_MISSING: EXIT.unavailable,
  E_AGENT_NOT_FOUND: EXIT.failed,
  E_AGENT_EXISTS: EXIT.failed,
  E_AGENT_LIMIT: EXIT.failed,
  E_HOST_RUNNING: EXIT.failed,
  E_AGENT_STOPPED: EXIT.task,
  E_AGENT_FAILED: EXIT.task,
  E_TASK_NOT_FOUND: EXIT.failed,
  E_TASK_FAILED: EXIT.task,
  E_TASK_CANCELLED: EXIT.task,
  E_TASK_CLOSED: EXIT.failed,
  E_INBOX_FULL: EXIT.failed,
  E_AMBIGUOUS: EXIT.failed,
  E_FENCED: EXIT.failed,
  E_CHECK_FAILED: EXIT.check,
  E_FLOW_FAILED: EXIT.failed,
  E_DEADLOCK: EXIT.deadlock,
  E_ABORTED: EXIT.interrupted,
  E_TIMEOUT: EXIT.timeout,
  E_CORRUPT_RECORD: EXIT.failed,
};

const EXIT_BY_SIGNAL: Readonly<Record<InterruptSignal, number>> = {
  SIGHUP: 129,
  SIGINT: EXIT.interrupted,
  SIGTERM: 143,
};

export function exitCodeOf(error: unknown): number {
  if (error instanceof TinytownError) return EXIT_BY_CODE[error.code];
  return error instanceof OutputError ? EXIT.failed : EXIT.internal;
}

export function exitCodeOfSignal(signal: InterruptSignal): number {
  return EXIT_BY_SIGNAL[signal];
}

/** The signal a process that ends with this code reports to have died of, if any. */
export function signalOfExitCode(code: number): InterruptSignal | undefined {
  if (code === EXIT_BY_SIGNAL.SIGINT) return "SIGINT";
  if (code === EXIT_BY_SIGNAL.SIGTERM) return "SIGTERM";
  return code === EXIT_BY_SIGNAL.SIGHUP ? "SIGHUP" : undefined;
}
