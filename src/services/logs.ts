import { mkdirSync, watch } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { getAgent } from "./agents.ts";
import { lastLines } from "./log-tail.ts";
import type { Town } from "./town.ts";

const CHUNK_BYTES = 64 * 1024;
/** Bun's watcher tells only the first of several changes that follow one another closely. */
const SETTLE_MS = 50;

/** The file that an agent's turns write to, one after the other. */
export function outputFile(town: Pick<Town, "paths">, agentName: string): string {
  return join(town.paths.logDir(agentName), "output.log");
}

/** The last lines an agent's CLI printed; none before its first turn. */
export function lastLogLines(
  town: Pick<Town, "paths">,
  agentName: string,
  count: number,
): Promise<readonly string[]> {
  return lastLines(outputFile(town, agentName), count);
}

export interface ReadLogOptions {
  readonly agent: string;
  /** Goes on with what is written from now on, until the signal is aborted. */
  readonly follow?: boolean | undefined;
  /** Only the last so many lines of what is there. Default: all. */
  readonly lines?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The raw output of an agent's turns, line by line. @throws NotFoundError E_AGENT_NOT_FOUND */
export async function* readLog(town: Town, options: ReadLogOptions): AsyncGenerator<string> {
  const { name } = await getAgent(town, options.agent);
  const file = outputFile(town, name);
  const { signal } = options;
  const reader = new LineReader(file);
  if (options.lines !== undefined) {
    await reader.skip();
    yield* await lastLines(file, options.lines);
  }
  using changes = options.follow ? watchDirectory(town.paths.logDir(name)) : undefined;
  for (;;) {
    yield* reader.complete();
    if (changes === undefined || signal?.aborted) break;
    await changes.next(signal);
  }
  yield* reader.rest();
}

/** Reads a growing file line by line; begins again with the one that has taken its place. */
class LineReader {
  readonly #file: string;
  /** In bytes. */
  #position = 0;
  #inode: number | undefined;
  #decoder = new TextDecoder();
  #rest = "";

  constructor(file: string) {
    this.#file = file;
  }

  /** Leaves out what is there now. */
  async skip(): Promise<void> {
    const now = await look(this.#file);
    this.#inode = now.inode;
    this.#position = now.size;
  }

  /** The lines that have ended since the last call. */
  async *complete(): AsyncGenerator<string> {
    const now = await look(this.#file);
    const replaced = this.#inode !== undefined && this.#inode !== now.inode;
    if (replaced || now.size < this.#position) yield* this.#begin();
    this.#inode = now.inode;
    if (now.size <= this.#position) return;
    await using handle = await open(this.#file, "r");
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      const text = this.#decoder.decode(buffer.subarray(0, bytesRead), { stream: true });
      const lines = (this.#rest + text).split("\n");
      this.#rest = lines.pop() ?? "";
      yield* lines;
    }
  }

  *#begin(): Generator<string> {
    yield* this.rest();
    this.#position = 0;
    this.#decoder = new TextDecoder();
    this.#rest = "";
  }

  /** What came after the last line end. */
  *rest(): Generator<string> {
    if (this.#rest !== "") yield this.#rest;
  }
}

async function look(file: string): Promise<{ readonly size: number; readonly inode?: number }> {
  try {
    const { size, ino } = await stat(file);
    return { size, inode: ino };
  } catch {
    return { size: 0 }; // no turn yet, or the next one is just making its log
  }
}

/** Wakes at the next change in a directory, also one that came before the wait. */
function watchDirectory(directory: string) {
  mkdirSync(directory, { recursive: true, mode: 0o700 }); // its first turn may still be to come
  let changed = Promise.withResolvers<void>();
  let settled: ReturnType<typeof setTimeout> | undefined;
  const notice = (): void => {
    changed.resolve();
    clearTimeout(settled);
    settled = setTimeout(() => changed.resolve(), SETTLE_MS);
  };
  const watcher = watch(directory, notice);
  watcher.on("error", () => changed.resolve());
  return {
    next: async (signal: AbortSignal | undefined): Promise<void> => {
      const abort = () => changed.resolve();
      signal?.addEventListener("abort", abort, { once: true });
      await changed.promise;
      signal?.removeEventListener("abort", abort);
      changed = Promise.withResolvers<void>();
    },
    [Symbol.dispose]: () => {
      clearTimeout(settled);
      watcher.close();
    },
  };
}
