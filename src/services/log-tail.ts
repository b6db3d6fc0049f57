import { open } from "node:fs/promises";

const TAIL_BYTES = 64 * 1024;

/** The last lines of a file that say something; none when it does not exist. */
export async function lastLines(file: string, count: number): Promise<readonly string[]> {
  if (count === 0) return [];
  try {
    await using handle = await open(file, "r");
    const { size } = await handle.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - start);
    await handle.read(buffer, 0, buffer.length, start);
    const lines = buffer.toString("utf8").split("\n");
    return lines.filter((line) => line.trim() !== "").slice(-count);
  } catch {
    return []; // not written yet
  }
}
