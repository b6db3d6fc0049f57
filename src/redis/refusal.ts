import {
  ConflictError,
  NotFoundError,
  type TinytownError,
  UnavailableError,
} from "../core/errors.ts";
import { type RedisReply, RedisReplyError } from "./port.ts";

/** A script's refusal (first element < 0) as the error its caller throws. */
export function refusalError(action: string, reply: readonly RedisReply[]): TinytownError | Error {
  const [code, ...details] = reply;
  const [first = "", second = "", third = "", fourth = ""] = details.map(String);
  switch (code) {
    case -1:
      return new NotFoundError({
        code: "E_AGENT_NOT_FOUND",
        message: `${action}: no agent "${first}"`,
        hint: "tt list shows the agents of this town",
      });
    case -2:
      return new ConflictError({
        code: "E_AMBIGUOUS",
        message: `${action}: "${first}" fits more than one: ${second}, ${third}`,
        hint: "use more characters of the id",
      });
    case -3:
      return new ConflictError({
        code: "E_AGENT_LIMIT",
        message: `${action}: the town already has its ${second} agents (max_agents = ${second})`,
        hint: "raise max_agents in tinytown.toml, or end an agent with tt kill",
      });
    case -4:
      return new ConflictError({
        code: "E_AGENT_EXISTS",
        message: `${action}: it is already running with cli "${second}"${third && ` and role "${third}"`}`,
        hint: `tt kill ${first}, then spawn it again, or choose another name`,
      });
    case -5:
      return new ConflictError({
        code: "E_AGENT_STOPPED",
        message: `${action}: agent "${first}" is ${second}${third && ` (${third})`}`,
        hint: second === "draining" ? `tt wait ${first}` : `tt spawn ${first} starts it again`,
      });
    case -6:
      return new ConflictError({
        code: "E_INBOX_FULL",
        message: `${action}: the inbox of "${first}" is full (${second} messages)`,
        hint: "wait until it has worked some off, or spread the work over more agents",
      });
    case -7:
      return new ConflictError({
        code: "E_FENCED",
        message: `${action}: agent ${first} has another owner now`,
      });
    case -8:
      return new NotFoundError({
        code: "E_TASK_NOT_FOUND",
        message: `${action}: no task "${first}"`,
        hint: "tt task list shows the tasks of this town",
      });
    case -9:
      return new ConflictError({
        code: "E_TASK_CLOSED",
        message: `${action}: task ${first} is already ${second}${third && ` (${third})`}`,
      });
    case -10:
      return new ConflictError({
        code: "E_AGENT_EXISTS",
        message: `${action}: the name "${first}" belongs to another agent (${second})`,
        hint: "choose another name or nickname",
      });
    case -11:
      return new ConflictError({
        code: "E_TASK_CLOSED",
        message: `${action}: task ${first} is ${second}, nobody works on it`,
        hint: "assign it first, or cancel it",
      });
    default:
      return new Error(
        `${action}: unknown refusal ${[code, first, second, third, fourth].join(" ")}`,
      );
  }
}

/**
 * What a command failed with, as the error its caller throws. Where the server itself refused
 * (`OOM`, `MISCONF`, `NOAUTH` …), nothing was changed and the user can do something about it.
 */
export function serverRefusal<T>(action: string, cause: T): T | Error {
  if (!(cause instanceof RedisReplyError)) return cause;
  const refused = {
    code: "E_REDIS_REFUSED",
    message: `${action}: ${cause.message}`,
    cause,
  } as const;
  if (cause.message.startsWith("OOM")) {
    return new UnavailableError({ ...refused, hint: "the server has reached its maxmemory" });
  }
  if (cause.message.startsWith("MISCONF")) {
    return new UnavailableError({ ...refused, hint: "the server cannot write; is its disk full?" });
  }
  if (/^(NOAUTH|WRONGPASS|NOPERM)/.test(cause.message)) {
    return new UnavailableError({ ...refused, hint: "check the password in the Redis URL" });
  }
  if (cause.message.startsWith("ERR DB index")) {
    return new UnavailableError({ ...refused, hint: "check the database in the Redis URL" });
  }
  if (cause.message.startsWith("READONLY")) {
    return new UnavailableError({ ...refused, hint: "this is a replica; use its primary's URL" });
  }
  return cause;
}
