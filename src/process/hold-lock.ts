import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

export interface HeldLock {
  readonly path: string;
  release(): void;
  [Symbol.dispose](): void;
}

/**
 * Takes an exclusive lock on a file, or returns `undefined` at once when another process has it.
 * The kernel drops the lock when the holder dies in whatever way, so a stale one cannot exist.
 * The file stays behind, empty; deleting it would let two holders in.
 */
export async function tryHoldLock(path: string): Promise<HeldLock | undefined> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // An exclusive SQLite transaction is a POSIX record lock without native code. Loaded late: most
  // runs of tt find what they need running and never come here.
  const { Database } = await import("bun:sqlite");
  const database = new Database(path, { create: true });
  try {
    database.run("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    database.run("ROLLBACK");
    database.close();
  };
  return { path, release, [Symbol.dispose]: release };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
}
