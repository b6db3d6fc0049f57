import { backoffDelay } from "../util/backoff.ts";
import { sleep } from "../util/sleep.ts";
import { ConnectionLostError, type RedisPort, RedisReplyError } from "./port.ts";

export interface ReconnectOptions {
  readonly connect: () => Promise<RedisPort>;
  /**
   * Calls give up and reject after this long without a server. With Infinity they also wait while
   * the server cannot write because its disk is full.
   */
  readonly patienceMs: number;
  /** The error a call rejects with after that. */
  readonly unavailable: (cause: ConnectionLostError) => Error;
  readonly signal: AbortSignal;
}

/**
 * A port that outlives its connection: a call that loses it is made again on a new one, with
 * back-off. Safe because every script is idempotent by id; blocking reads reject instead, since a
 * token they popped may be lost: their caller must look at everything again.
 */
export function reconnectingPort(options: ReconnectOptions): RedisPort {
  const away = options.patienceMs === Number.POSITIVE_INFINITY ? isAwayForLong : isAway;
  let current: Promise<RedisPort> | undefined;
  let closed = false;

  const connection = (): Promise<RedisPort> => {
    if (closed) throw new ConnectionLostError("Connection closed");
    current ??= options.connect();
    return current;
  };
  const drop = async (broken: Promise<RedisPort> | undefined): Promise<void> => {
    if (broken !== undefined && current === broken) current = undefined;
    await broken?.then((port) => port.close()).catch(() => undefined);
  };
  const once = async <T>(call: (port: RedisPort) => Promise<T>): Promise<T> => {
    const used = connection();
    let port: RedisPort | undefined;
    try {
      port = await used;
      return await call(port);
    } catch (error) {
      if (port === undefined || error instanceof ConnectionLostError) await drop(used);
      throw away(error) ? connectionLost(error) : error;
    }
  };
  const persistently = async <T>(call: (port: RedisPort) => Promise<T>): Promise<T> => {
    const deadline = performance.now() + options.patienceMs;
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(call);
      } catch (error) {
        if (!(error instanceof ConnectionLostError) || closed || options.signal.aborted)
          throw error;
        if (performance.now() > deadline) throw options.unavailable(error);
        await sleep(backoffDelay(attempt, { baseMs: 20, maxMs: 1_000 }), options.signal);
      }
    }
  };
  const close = (): void => {
    closed = true;
    void drop(current);
  };
  return {
    command: (name, args) => persistently((port) => port.command(name, args)),
    script: (lua, args) => persistently((port) => port.script(lua, args)),
    hashGetAll: (key) => persistently((port) => port.hashGetAll(key)),
    readStream: (key, after, ms) => once((port) => port.readStream(key, after, ms)),
    blockingPop: (keys, seconds) => once((port) => port.blockingPop(keys, seconds)),
    close,
    [Symbol.asyncDispose]: async () => close(),
  };
}

/** The server is there and says that it will answer in a moment. */
const NOT_YET = /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)\b/;
const CANNOT_WRITE = /^MISCONF\b/;

function isAway(error: unknown): error is Error {
  if (error instanceof RedisReplyError) return NOT_YET.test(error.message);
  return error instanceof ConnectionLostError;
}

function isAwayForLong(error: unknown): error is Error {
  if (error instanceof RedisReplyError && CANNOT_WRITE.test(error.message)) return true;
  return isAway(error);
}

function connectionLost(error: Error): ConnectionLostError {
  if (error instanceof ConnectionLostError) return error;
  return new ConnectionLostError(error.message, { cause: error });
}
