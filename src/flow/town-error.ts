import type { ErrorCode as FlowErrorCode, Task } from "tinytown";
import { type ErrorCode, TinytownError } from "../core/errors.ts";
import type { CallSite } from "./call-site.ts";

/** What `tt run` exits with when an error of this code ends the flow. */
export const EXIT_BY_FLOW_CODE: Readonly<Record<FlowErrorCode, number>> = {
  AGENT_NOT_FOUND: 1,
  AGENT_CONFLICT: 1,
  AGENT_LIMIT: 1,
  INBOX_FULL: 1,
  AGENT_FAILED: 4,
  AGENT_STOPPED: 4,
  CLI_NOT_FOUND: 8,
  TASK_NOT_FOUND: 1,
  TASK_FAILED: 4,
  TASK_CANCELLED: 4,
  INVALID_ARGUMENT: 1,
  TIMEOUT: 124,
  ABORTED: 130,
  TOWN_UNAVAILABLE: 8,
  DEADLOCK: 13,
  FLOW_FAILED: 1,
};

const FLOW_CODE_BY_CODE: Readonly<Record<ErrorCode, FlowErrorCode>> = {
  E_USAGE: "INVALID_ARGUMENT",
  E_CONFIG: "INVALID_ARGUMENT",
  E_TOWN_NOT_FOUND: "TOWN_UNAVAILABLE",
  E_TOWN_EXISTS: "INVALID_ARGUMENT",
  E_AGENT_NOT_FOUND: "AGENT_NOT_FOUND",
  E_AGENT_EXISTS: "AGENT_CONFLICT",
  E_AGENT_LIMIT: "AGENT_LIMIT",
  E_INBOX_FULL: "INBOX_FULL",
  E_AGENT_STOPPED: "AGENT_STOPPED",
  E_AGENT_FAILED: "AGENT_FAILED",
  E_AGENT_CLI_MISSING: "CLI_NOT_FOUND",
  E_TASK_NOT_FOUND: "TASK_NOT_FOUND",
  E_TASK_FAILED: "TASK_FAILED",
  E_TASK_CANCELLED: "TASK_CANCELLED",
  E_TASK_CLOSED: "INVALID_ARGUMENT",
  E_AMBIGUOUS: "INVALID_ARGUMENT",
  E_FENCED: "AGENT_STOPPED",
  E_FILE_NOT_FOUND: "INVALID_ARGUMENT",
  E_CHECK_FAILED: "INVALID_ARGUMENT",
  E_FLOW_FAILED: "FLOW_FAILED",
  E_DEADLOCK: "DEADLOCK",
  E_ABORTED: "ABORTED",
  E_TIMEOUT: "TIMEOUT",
  E_REDIS_MISSING: "TOWN_UNAVAILABLE",
  E_REDIS_UNREACHABLE: "TOWN_UNAVAILABLE",
  E_REDIS_TOO_OLD: "TOWN_UNAVAILABLE",
  E_HOST_RUNNING: "FLOW_FAILED",
  E_REDIS_REFUSED: "TOWN_UNAVAILABLE",
  E_HOST_UNAVAILABLE: "TOWN_UNAVAILABLE",
  E_CORRUPT_RECORD: "FLOW_FAILED",
};

export interface TownErrorDetails {
  readonly code: FlowErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Default: that of the code. */
  readonly exitCode?: number | undefined;
  readonly agent?: string | undefined;
  readonly task?: Task<unknown> | undefined;
  readonly site?: CallSite | undefined;
  /** `site` as people read it. */
  readonly where?: string | undefined;
  readonly errors?: readonly TownError[] | undefined;
  readonly cause?: unknown;
}

/** What a flow's code catches; see the declarations in `types/tinytown.d.ts`. */
export class TownError extends Error {
  override readonly name = "TownError";
  readonly code: FlowErrorCode;
  readonly exitCode: number;
  readonly hint: string | undefined;
  readonly agent: string | undefined;
  readonly task: Task<unknown> | undefined;
  readonly where: string | undefined;
  readonly errors: readonly TownError[] | undefined;
  readonly #site: CallSite | undefined;

  constructor(details: TownErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.exitCode = details.exitCode ?? EXIT_BY_FLOW_CODE[details.code];
    this.hint = details.hint;
    this.agent = details.agent;
    this.task = details.task;
    this.where = details.where;
    this.errors = details.errors;
    this.#site = details.site;
    const at = details.where === undefined ? "" : `\n    at ${details.where}`;
    this.stack = `TownError: [${this.code}] ${this.message}${at}`;
  }

  static site(error: TownError): CallSite | undefined {
    return error.#site;
  }

  /** Bun's own rendering would show the source of tt, where the object was made. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.stack ?? this.message;
  }
}

export function isTownError(error: unknown, code?: FlowErrorCode): error is TownError {
  if (!(error instanceof Error) || error.name !== "TownError" || !("code" in error)) return false;
  const known = typeof error.code === "string" && Object.hasOwn(EXIT_BY_FLOW_CODE, error.code);
  return known && (code === undefined || error.code === code);
}

/** An error of the services as the flow's code sees it; what is neither is a bug and stays as it is. */
export function toTownError(
  error: unknown,
  context: Omit<TownErrorDetails, "code" | "message" | "cause">,
): unknown {
  if (!(error instanceof TinytownError)) return error;
  const code = FLOW_CODE_BY_CODE[error.code];
  const isAgent = code === "AGENT_STOPPED" || code === "AGENT_FAILED";
  // The last output of an agent that ended is shown with the failure, not as advice.
  const hint = isAgent && error.hint?.startsWith("its last output") ? undefined : error.hint;
  const agent =
    context.agent ?? (isAgent ? /agent "([^"]+)"/i.exec(error.message)?.[1] : undefined);
  return new TownError({ ...context, code, message: error.message, hint, agent, cause: error });
}
