/** What `sim` has of the world; the command that hosts it wires these to the process. */
export interface SimIo {
  /** The whole prompt. */
  readonly stdin: () => Promise<string>;
  /** Writes one line to standard output; the line comes without its end. */
  readonly write: (line: string) => Promise<void> | void;
  /** Writes one line to standard error; the line comes without its end. */
  readonly writeError: (line: string) => Promise<void> | void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; all files are inside. */
  readonly cwd: string;
  /** Aborted when this process is asked to end. */
  readonly signal: AbortSignal;
}
