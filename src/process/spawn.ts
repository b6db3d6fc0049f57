import { UnavailableError } from "../core/errors.ts";
import { type ProcessIdentity, processIdentity } from "./alive.ts";

export interface ChildOptions {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A file the child reads as its standard input; default /dev/null. */
  readonly stdinFile?: string | undefined;
  /** Called with what the child writes; after one that throws no more, but the pipe is still read. */
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
}

export interface ChildExit {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

export interface Child {
  readonly identity: ProcessIdentity;
  /**
   * Settles when the process is gone and what it wrote has been read; rejects then with the error
   * of a callback.
   */
  readonly exited: Promise<ChildExit>;
  /** To the whole process group. */
  signal(name: "SIGTERM" | "SIGKILL"): void;
}

/** After the exit a grandchild may still hold the pipes; it gets this long to write its last words. */
const DRAIN_MS = 1_000;

/** Runs a program in a session and process group of its own. @throws UnavailableError E_AGENT_CLI_MISSING */
export function spawnChild(options: ChildOptions): Child {
  const child = start(options);
  const output = Promise.all([
    pump(child.stdout, options.onStdout),
    pump(child.stderr, options.onStderr),
  ]);
  output.catch(() => undefined); // reported by `exited`, which looks at it much later
  const exited = async (): Promise<ChildExit> => {
    await child.exited;
    await within(output, DRAIN_MS);
    const signal = child.signalCode;
    return {
      code: child.exitCode ?? undefined,
      signal: signal === null ? undefined : String(signal),
    };
  };
  return {
    identity: processIdentity(child.pid),
    exited: exited(),
    signal: (name) => signalGroup(child.pid, name),
  };
}

function start(options: ChildOptions) {
  try {
    return Bun.spawn([...options.argv], {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdin: options.stdinFile === undefined ? "ignore" : Bun.file(options.stdinFile),
      stdout: "pipe",
      stderr: "pipe",
    });
  } catch (cause) {
    throw new UnavailableError({
      code: "E_AGENT_CLI_MISSING",
      message: `Cannot run "${options.argv[0] ?? ""}" in "${options.cwd}"`,
      hint: "check that the program is installed and on PATH, and that the directory exists",
      cause,
    });
  }
}

/** Reads to the end whatever the callback does: a child blocks when nobody empties its pipe. */
async function pump(
  stream: ReadableStream<Uint8Array>,
  onChunk: (chunk: Uint8Array) => void,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  for await (const chunk of stream) {
    try {
      if (failure === undefined) onChunk(chunk);
    } catch (error) {
      failure = { error };
    }
  }
  if (failure) throw failure.error;
}

async function within(work: Promise<unknown>, ms: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Signals every process of a group; quiet when it is gone. */
export function signalGroup(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, name);
  } catch {
    // the group is gone
  }
}
