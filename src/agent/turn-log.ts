import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/** Past this size the file is put aside once, so that two hold what an agent printed last. */
const ROTATE_BYTES = 64 * 1024 * 1024;

/** The file that an agent's turns append to, complete and as it came. */
export interface TurnLog extends Disposable {
  /**
   * Never throws: a turn goes on when its log cannot be written, because the disk is full, say.
   * After the end nothing is written: the descriptor may belong to another file by then.
   */
  write(chunk: Uint8Array | string): void;
  /** Why something is missing in it; the first reason. */
  readonly problem: string | undefined;
}

/** Opens the log and writes the turn's heading. */
export function openTurnLog(file: string, heading: string): TurnLog {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file) && statSync(file).size > ROTATE_BYTES) renameSync(file, `${file}.1`);
  const fd = openSync(file, "a", 0o600);
  let open = true;
  let problem: string | undefined;
  const write = (chunk: Uint8Array | string): void => {
    if (!open) return;
    try {
      writeFileSync(fd, chunk); // unlike writeSync it does not stop half way
    } catch (error) {
      problem ??= error instanceof Error ? error.message : String(error);
    }
  };
  write(`--- ${heading}\n`);
  const close = (): void => {
    open = false;
    closeSync(fd);
  };
  return {
    write,
    get problem() {
      return problem;
    },
    [Symbol.dispose]: close,
  };
}
