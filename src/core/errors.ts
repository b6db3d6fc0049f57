/** Stable error codes; part of the `--json` contract. */
export type ErrorCode =
  | "E_USAGE"
  | "E_CONFIG"
  | "E_TOWN_NOT_FOUND"
  | "E_TOWN_EXISTS"
  | "E_AGENT_NOT_FOUND"
  | "E_AGENT_EXISTS"
  | "E_AGENT_LIMIT"
  | "E_INBOX_FULL"
  | "E_AGENT_STOPPED"
  | "E_AGENT_FAILED"
  | "E_AGENT_CLI_MISSING"
  | "E_TASK_NOT_FOUND"
  | "E_TASK_FAILED"
  | "E_TASK_CANCELLED"
  | "E_TASK_CLOSED"
  | "E_AMBIGUOUS"
  | "E_FENCED"
  | "E_FILE_NOT_FOUND"
  | "E_CHECK_FAILED"
  | "E_FLOW_FAILED"
  | "E_DEADLOCK"
  | "E_ABORTED"
  | "E_TIMEOUT"
  | "E_REDIS_MISSING"
  | "E_REDIS_UNREACHABLE"
  | "E_REDIS_TOO_OLD"
  | "E_REDIS_REFUSED"
  | "E_HOST_UNAVAILABLE"
  | "E_HOST_RUNNING"
  | "E_CORRUPT_RECORD";

export interface ErrorDetails {
  readonly code: ErrorCode;
  /** Sentence case, no final period; names the action and the thing, in quotes. */
  readonly message: string;
  /** What to type or change next. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** Base of every error a user can meet; anything else that is thrown is a bug in tt. */
export abstract class TinytownError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.hint = details.hint;
  }
}

/** Wrong command line or arguments. */
export class UsageError extends TinytownError {
  constructor(message: string, hint?: string) {
    super({ code: "E_USAGE", message, hint });
  }
}

export interface SourcePosition {
  readonly file: string;
  /** 1-based. */
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
}

/** A configuration file that cannot be used; the message starts with its position. */
export class ConfigError extends TinytownError {
  readonly position: SourcePosition;

  constructor(position: SourcePosition, message: string, hint?: string) {
    const place = [position.file, position.line, position.column].filter((p) => p !== undefined);
    super({ code: "E_CONFIG", message: `${place.join(":")}: ${message}`, hint });
    this.position = position;
  }
}

/** A town, agent, task or file that is not there. */
export class NotFoundError extends TinytownError {}

/** The thing exists, but its state forbids the action. */
export class ConflictError extends TinytownError {}

/** The town's server or host cannot be reached. */
export class UnavailableError extends TinytownError {}

/** An agent or its CLI could not do its work. */
export class AgentError extends TinytownError {}

/** A flow ended for a reason of its own. */
export class FlowError extends TinytownError {}

/** A bound on waiting passed. */
export class TimeoutError extends TinytownError {
  constructor(message: string, hint?: string) {
    super({ code: "E_TIMEOUT", message, hint });
  }
}

/** A record in the store does not have the shape it must have. */
export class CorruptRecordError extends TinytownError {
  readonly key: string;

  constructor(key: string, problem: string) {
    super({
      code: "E_CORRUPT_RECORD",
      message: `Record "${key}" cannot be read: ${problem}`,
      hint: "the key was written by another program or damaged; inspect it with redis-cli",
    });
    this.key = key;
  }
}
