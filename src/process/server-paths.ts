/** The files of one managed server; all absolute, one set per data directory. */
export interface ServerPaths {
  /** Unix socket; at most 107 bytes (103 on macOS). */
  readonly socket: string;
  readonly dataDirectory: string;
  readonly pidFile: string;
  readonly logFile: string;
  /** Lock of whoever is starting the server. */
  readonly startLock: string;
}

/** Held by the server for its whole life when it is one we built; holds its pid. */
export function lifeLock(paths: ServerPaths): string {
  return `${paths.pidFile}.lock`;
}
