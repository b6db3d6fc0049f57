import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Environment } from "./env.ts";

/**
 * What a town directory is called as a place where agents run. Kept in a file, so that it stays the
 * same when the directory is moved or the machine renamed; the name it is made with is for people.
 */
export function hostId(file: string, env: Pick<Environment, "machine">): string {
  const known = read(file);
  if (known !== undefined) return known;
  const machine = env.machine.toLowerCase().replaceAll(/[^a-z0-9.-]/g, "-");
  const temporary = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(temporary, `${machine}-${crypto.randomUUID().slice(0, 8)}\n`, { mode: 0o600 });
  try {
    linkSync(temporary, file); // of several first commands one wins
  } catch (error) {
    if (read(file) === undefined) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  return read(file) ?? machine;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch {
    return undefined; // a town that has not been opened here before
  }
}
