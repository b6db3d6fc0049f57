import { Redis, ReplyError } from "ioredis";
import type { LuaScript } from "./lua-script.ts";
import {
  ConnectionLostError,
  type RedisArgument,
  type RedisPort,
  type RedisReply,
  RedisReplyError,
  streamEntry,
} from "./port.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** A blocked read that is this much late has lost its server. */
const WATCHDOG_MS = 2_000;

export interface IoredisOptions {
  /** Calls fail after this many ms; blocked reads get their own bound. Default 10 000. */
  readonly commandTimeoutMs?: number;
  /** The connection does not keep the process alive, not even while a call waits for its reply. */
  readonly unref?: boolean;
}

/**
 * ioredis, for hosts and flows. It does not reconnect by itself: `reconnectingPort` replaces a
 * broken connection, so a call is never re-sent behind our back (ioredis re-sends after a
 * reconnect, and with that off a blocked read never settles: redis/ioredis#2193).
 */
export async function connectIoredis(
  url: string,
  options: IoredisOptions = {},
): Promise<RedisPort> {
  const { commandTimeoutMs = 10_000, unref = false } = options;
  const connectTimeout = Math.min(CONNECT_TIMEOUT_MS, commandTimeoutMs);
  const client = new Redis(socketOrUrl(url), {
    lazyConnect: true,
    protocol: 2,
    connectTimeout,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
  });
  const port = new IoredisPort(client, { timeoutMs: commandTimeoutMs, unref });
  await port.connect(connectTimeout);
  return port;
}

class IoredisPort implements RedisPort {
  readonly #client: Redis;
  readonly #timeoutMs: number;
  readonly #unref: boolean;
  readonly #lost = Promise.withResolvers<never>();
  /** The server's no to the log-in or the database of the URL, which ioredis only tells as an event. */
  #refused: RedisReplyError | undefined;
  #closed = false;

  constructor(client: Redis, bounds: { readonly timeoutMs: number; readonly unref: boolean }) {
    this.#client = client;
    this.#timeoutMs = bounds.timeoutMs;
    this.#unref = bounds.unref;
    this.#lost.promise.catch(() => undefined);
    client.on("error", (error: unknown) => {
      const problem = translate(error); // every other failure also rejects its call
      if (problem instanceof RedisReplyError) this.#refused ??= problem;
    });
    client.once("end", () => this.#lost.reject(new ConnectionLostError("Connection closed")));
  }

  /** ioredis bounds the socket's connection only, not the greeting that a hung server never gives. */
  async connect(timeoutMs: number): Promise<void> {
    try {
      await this.#bounded(this.#client.connect(), timeoutMs);
      if (this.#refused) throw this.#refused;
      if (this.#unref) this.#client.stream.unref();
    } catch (error) {
      this.close();
      throw this.#refused ?? error;
    }
  }

  async command(name: string, args: readonly RedisArgument[]): Promise<RedisReply> {
    return decode(await this.#bounded(this.#client.call(name, ...args), this.#timeoutMs));
  }

  async script(lua: LuaScript, args: readonly RedisArgument[]): Promise<RedisReply> {
    const [key = "", ...rest] = args;
    try {
      return await this.command("EVALSHA", [lua.sha1, 1, key, ...rest]);
    } catch (error) {
      if (!(error instanceof RedisReplyError) || !error.message.startsWith("NOSCRIPT")) throw error;
      return this.command("EVAL", [lua.source, 1, key, ...rest]);
    }
  }

  hashGetAll(key: string): Promise<Record<string, string>> {
    return this.#bounded(this.#client.hgetall(key), this.#timeoutMs);
  }

  async readStream(key: string, after: string, blockMs: number) {
    const reply = await this.#bounded(
      this.#client.xread("BLOCK", blockMs, "STREAMS", key, after),
      blockMs + WATCHDOG_MS,
    );
    return (reply?.[0]?.[1] ?? []).map(([id, fields]) => streamEntry(id, fields ?? []));
  }

  blockingPop(keys: readonly string[], seconds: number): Promise<[string, string] | null> {
    return this.#bounded(this.#client.blpop([...keys], seconds), seconds * 1_000 + WATCHDOG_MS);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#client.disconnect();
    this.#lost.reject(new ConnectionLostError("Connection closed"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #bounded<T>(reply: Promise<T>, timeoutMs: number): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new ConnectionLostError(`No answer within ${timeoutMs} ms`));
      this.close();
    }, timeoutMs);
    if (this.#unref) timer.unref();
    try {
      return await Promise.race([reply, this.#lost.promise, late.promise]);
    } catch (error) {
      throw translate(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** ioredis reads a unix socket from a bare path, not from a `redis+unix:` URL. */
function socketOrUrl(url: string): string {
  return url.startsWith("redis+unix://") ? url.slice("redis+unix://".length) : url;
}

function translate(error: unknown): Error {
  if (error instanceof ConnectionLostError) return error;
  if (error instanceof Error && error.name === ReplyError.name) {
    return new RedisReplyError(error.message);
  }
  if (error instanceof Error) return new ConnectionLostError(error.message, { cause: error });
  return new ConnectionLostError(String(error));
}

function decode(value: unknown): RedisReply {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number") return value;
  if (Array.isArray(value)) return value.map(decode);
  throw new RedisReplyError(`Unexpected reply of type ${typeof value}`);
}
