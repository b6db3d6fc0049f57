import { dirname, isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";

/** A place in the user's code; lines and columns are 1-based. */
export interface CallSite {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** In a compiled binary tt's own frames are relative or below here; from source, below `src/`. */
const TT_ROOT = dirname(import.meta.dir);

/** The frames of a stack that are neither tt's nor the runtime's; the innermost is first. */
export function userFrames(stack: string | undefined): CallSite[] {
  const frames: CallSite[] = [];
  for (const line of (stack ?? "").split("\n")) {
    const frame = parseFrame(line);
    if (frame !== undefined && !isOwnFile(frame.file)) frames.push(frame);
  }
  return frames;
}

/** Where the user's code called the function that calls this; undefined after a tail call. */
export function captureCallSite(): CallSite | undefined {
  return pickUserFrame(userFrames(new Error().stack));
}

/** The innermost frame, but one of the user's own files rather than of a package of theirs. */
export function pickUserFrame(frames: readonly CallSite[]): CallSite | undefined {
  return frames.find((frame) => !frame.file.includes("/node_modules/")) ?? frames[0];
}

function parseFrame(line: string): CallSite | undefined {
  const at = /^\s*at (?:async )?(.+):(\d+):(\d+)\)?$/.exec(line);
  if (at === null) return undefined;
  const [, text = "", row, column] = at;
  // A path may hold " (", but a function's name does not start with a slash.
  const path = isPath(text) ? text : text.slice(text.indexOf(" (") + 2);
  if (!isPath(path)) return undefined;
  const file = path.startsWith("file://") ? fileURLToPath(path) : path;
  return { file, line: Number(row), column: Number(column) };
}

function isPath(text: string): boolean {
  return isAbsolute(text) || text.startsWith("file://");
}

function isOwnFile(file: string): boolean {
  return file.startsWith("/$bunfs/") || (file.startsWith(`${TT_ROOT}/`) && !isTemplate(file));
}

function isTemplate(file: string): boolean {
  return file.startsWith(`${import.meta.dir}/templates/`);
}
