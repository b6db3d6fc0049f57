import { relative } from "node:path";

/** A path as people who stand in `cwd` would type it. */
export function displayPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path === "" || path.startsWith("..") ? file : path;
}
