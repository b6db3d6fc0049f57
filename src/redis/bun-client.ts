import { RedisClient } from "bun";
import type { LuaScript } from "./lua-script.ts";
import {
  ConnectionLostError,
  type RedisArgument,
  type RedisPort,
  type RedisReply,
  RedisReplyError,
  type StreamEntry,
  streamEntry,
} from "./port.ts";

const CONNECT_TIMEOUT_MS = 2_000;
/** A blocked read that is this much late has lost its server. */
const WATCHDOG_MS = 2_000;

export interface BunClientOptions {
  /** Calls fail after this many ms; blocked reads get their own bound. Default 10 000. */
  readonly commandTimeoutMs?: number;
}

/** Bun's built-in client: nothing to load, no re-sending; for commands that end soon. */
export function connectBun(url: string, options: BunClientOptions = {}): RedisPort {
  const { commandTimeoutMs = 10_000 } = options;
  const client = new RedisClient(url, {
    autoReconnect: false,
    connectionTimeout: Math.min(CONNECT_TIMEOUT_MS, commandTimeoutMs),
  });
  /** The client knows no deadline of its own: a server that hangs would hold the call for ever. */
  const bounded = async <T>(reply: Promise<T>, timeoutMs: number): Promise<T> => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new ConnectionLostError(`No answer within ${timeoutMs} ms`));
      client.close();
    }, timeoutMs);
    try {
      return await Promise.race([reply, late.promise]);
    } catch (error) {
      throw translate(error);
    } finally {
      clearTimeout(timer);
    }
  };
  const send = (
    name: string,
    args: readonly RedisArgument[],
    timeoutMs = commandTimeoutMs,
  ): Promise<unknown> => bounded(client.send(name, args.map(String)), timeoutMs);
  const script = async (lua: LuaScript, args: readonly RedisArgument[]): Promise<RedisReply> => {
    const [key = "", ...rest] = args;
    try {
      return decode(await send("EVALSHA", [lua.sha1, 1, key, ...rest]));
    } catch (error) {
      if (!(error instanceof RedisReplyError) || !error.message.startsWith("NOSCRIPT")) throw error;
      return decode(await send("EVAL", [lua.source, 1, key, ...rest]));
    }
  };
  const close = (): void => client.close();
  return {
    command: async (name, args) => decode(await send(name, args)),
    script,
    hashGetAll: async (key) => hash(await send("HGETALL", [key])),
    readStream: async (key, after, blockMs) => {
      const args = ["BLOCK", blockMs, "STREAMS", key, after];
      return stream(await send("XREAD", args, blockMs + WATCHDOG_MS), key);
    },
    blockingPop: async (keys, seconds) =>
      pair(await send("BLPOP", [...keys, seconds], seconds * 1_000 + WATCHDOG_MS)),
    close,
    [Symbol.asyncDispose]: async () => close(),
  };
}

/** Errors that the server sent; the last two in answer to log-in and database of the URL. */
const REPLY_CODES: readonly unknown[] = [
  "ERR_REDIS_SERVER_ERROR",
  "ERR_REDIS_AUTHENTICATION_FAILED",
  "ERR_REDIS_INVALID_COMMAND",
];

function translate(error: unknown): Error {
  if (error instanceof ConnectionLostError) return error;
  if (!(error instanceof Error)) return new ConnectionLostError(String(error));
  const code = "code" in error ? error.code : undefined;
  if (REPLY_CODES.includes(code)) return new RedisReplyError(error.message);
  return new ConnectionLostError(error.message, { cause: error });
}

function decode(value: unknown): RedisReply {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (Array.isArray(value)) return value.map(decode);
  throw new RedisReplyError(`Unexpected reply of type ${typeof value}`);
}

function hash(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, String(v)]));
}

function stream(value: unknown, key: string): readonly StreamEntry[] {
  if (typeof value !== "object" || value === null) return [];
  const entries = decode(Object.entries(value).find(([name]) => name === key)?.[1]);
  return Array.isArray(entries) ? entries.map(entry) : [];
}

function entry(reply: RedisReply): StreamEntry {
  const [id, fields] = Array.isArray(reply) ? reply : [];
  return streamEntry(String(id), Array.isArray(fields) ? fields : []);
}

function pair(value: unknown): readonly [string, string] | null {
  return Array.isArray(value) ? [String(value[0]), String(value[1])] : null;
}
