import type { LuaScript } from "./lua-script.ts";

export type RedisArgument = string | number;
/** What both clients answer alike; maps come through `hashGetAll` and `readStream` instead. */
export type RedisReply = string | number | null | readonly RedisReply[];

export interface StreamEntry {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * The little of Redis that tt needs, the same over Bun's client (one-shot commands: 3 ms to start)
 * and ioredis (hosts and flows). Both pass test/integration/redis/port-conformance.test.ts.
 */
export interface RedisPort extends AsyncDisposable {
  /** Any command whose reply is the same in RESP2 and RESP3. Throws `RedisReplyError` on `-ERR`. */
  command(name: string, args: readonly RedisArgument[]): Promise<RedisReply>;
  /** One atomic operation: EVALSHA, and EVAL once when the server does not know it. */
  script(script: LuaScript, args: readonly RedisArgument[]): Promise<RedisReply>;
  /** Empty when the key does not exist. */
  hashGetAll(key: string): Promise<Readonly<Record<string, string>>>;
  /**
   * Waits for entries after `after` (exclusive) at most `blockMs`; empty when none came.
   * Occupies the connection.
   */
  readStream(key: string, after: string, blockMs: number): Promise<readonly StreamEntry[]>;
  /** Waits for an element in any of the lists, at most `seconds`. Occupies the connection. */
  blockingPop(keys: readonly string[], seconds: number): Promise<readonly [string, string] | null>;
  /** Ends the connection now; what is pending rejects with `ConnectionLostError`. */
  close(): void;
}

/** The server refused a command (`-ERR`, `-OOM`, `-MISCONF`, `-WRONGTYPE` …). */
export class RedisReplyError extends Error {
  override readonly name = "RedisReplyError";
}

/** The connection could not be made or broke. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}

export function streamEntry(id: string, flat: readonly RedisReply[]): StreamEntry {
  return { id, fields: recordFrom(flat) };
}

/** `[k, v, k, v]` as a record. */
export function recordFrom(flat: readonly RedisReply[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) record[String(flat[i])] = String(flat[i + 1]);
  return record;
}
