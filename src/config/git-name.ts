import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { townNameFrom } from "../core/names.ts";

/**
 * The default name of a town: `<repository>-<branch>` inside a git checkout, else the directory's
 * name. Reads `.git/HEAD` itself, so that `tt init` needs no git.
 */
export function defaultTownName(dir: string): string {
  const top = gitTop(resolve(dir));
  if (top === undefined) return townNameFrom(basename(resolve(dir)));
  const branch = currentBranch(top);
  return townNameFrom(branch === undefined ? basename(top) : `${basename(top)}-${branch}`);
}

function gitTop(from: string): string | undefined {
  for (let dir = from; ; dir = dirname(dir)) {
    if (statSync(join(dir, ".git"), { throwIfNoEntry: false })) return dir;
    if (dirname(dir) === dir) return undefined;
  }
}

/** undefined with a detached HEAD. */
function currentBranch(top: string): string | undefined {
  const head = readHead(join(top, ".git"));
  return /^ref: refs\/heads\/(.+)$/.exec(head.trim())?.[1];
}

function readHead(git: string): string {
  try {
    if (statSync(git).isDirectory()) return readFileSync(join(git, "HEAD"), "utf8");
    // A worktree's `.git` is a file that names the real directory.
    const target = /^gitdir: (.+)$/m.exec(readFileSync(git, "utf8"))?.[1] ?? "";
    return readFileSync(join(resolve(dirname(git), target), "HEAD"), "utf8");
  } catch {
    return ""; // an unreadable repository only costs the branch in a default name
  }
}
