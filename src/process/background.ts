import { closeSync, openSync } from "node:fs";
import { type ProcessIdentity, processIdentity } from "./alive.ts";

export interface BackgroundOptions {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets stdout and stderr, appended; 0600. */
  readonly logFile: string;
  /**
   * With a lifeline the child's stdin is a pipe that ends when this process does, however it ends;
   * without, the child outlives it.
   */
  readonly lifeline: boolean;
}

export interface Background {
  readonly identity: ProcessIdentity;
  readonly exited: Promise<number>;
  /** Lets go of the lifeline. */
  release(): void;
}

/** Starts a program in a session of its own, writing to a log file. */
export function spawnBackground(options: BackgroundOptions): Background {
  const log = openSync(options.logFile, "a", 0o600);
  try {
    const child = Bun.spawn([...options.argv], {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdin: options.lifeline ? "pipe" : "ignore",
      stdout: log,
      stderr: log,
    });
    child.unref();
    const { stdin } = child;
    const release = () => {
      if (stdin && typeof stdin === "object") void stdin.end();
    };
    return { identity: processIdentity(child.pid), exited: child.exited, release };
  } finally {
    closeSync(log);
  }
}
