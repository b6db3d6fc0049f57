import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve } from "node:path";

/** The absolute path of a file inside a directory; undefined where it leads out, by links too. */
export async function inside(directory: string, file: string): Promise<string | undefined> {
  const path = resolve(directory, file);
  if (!isWithin(directory, path)) return undefined;
  const [root, real] = await Promise.all([realpath(directory), nearestReal(path)]);
  return isWithin(root, real) ? path : undefined;
}

function isWithin(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== "" && way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}

/** The path with links resolved as far as it exists. */
async function nearestReal(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (!isMissing(cause) || dirname(path) === path) throw cause;
    return resolve(await nearestReal(dirname(path)), relative(dirname(path), path));
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}
