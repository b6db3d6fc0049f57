import { lstatSync, type Stats } from "node:fs";

const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/**
 * Whether a directory or file is this user's alone. Somebody else may have made it first where
 * everybody can write, such as below /tmp; what is in it must not be run or trusted.
 */
export function isOwn(path: string, kind: "directory" | "file"): boolean {
  const found = look(path);
  if (found === undefined) return false;
  // A symbolic link is neither.
  const fits = kind === "directory" ? found.isDirectory() : found.isFile();
  return fits && found.uid === userId() && (found.mode & OTHERS_WRITE) === 0;
}

/** Whether nobody but this user and root can put something else in the place of what is in it. */
export function isSafeParent(directory: string): boolean {
  const found = look(directory);
  if (found === undefined || (found.uid !== userId() && found.uid !== 0)) return false;
  if (found.isSymbolicLink()) return true; // only its owner can make it point elsewhere
  return (found.mode & OTHERS_WRITE) === 0 || (found.mode & STICKY) !== 0;
}

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined; // there is nothing, or nothing we may look at
  }
}

function userId(): number | undefined {
  return process.getuid?.();
}
