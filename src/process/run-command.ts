import { constants } from "node:os";

export interface RunCommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the command with SIGTERM. */
  readonly signal?: AbortSignal | undefined;
}

export interface CommandResult {
  /** 127 where the program could not be started, 128 + n where signal n ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const SIGNALS: Readonly<Record<string, number>> = constants.signals;

/** How long output may still come after the exit; something left in the background may hold it. */
const DRAIN_MS = 500;

/** Runs a command to its end, in this process's group, with nothing on its standard input. */
export async function runCommand(
  argv: readonly string[],
  options: RunCommandOptions,
): Promise<CommandResult> {
  const child = start(argv, options);
  if (typeof child === "string") return { code: 127, stdout: "", stderr: child };
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  await child.exited;
  await Promise.race([Promise.all([stdout.ended, stderr.ended]), Bun.sleep(DRAIN_MS)]);
  const code = child.exitCode ?? 128 + (SIGNALS[child.signalCode ?? ""] ?? 0);
  return { code, stdout: stdout.take(), stderr: stderr.take() };
}

function start(argv: readonly string[], options: RunCommandOptions) {
  try {
    return Bun.spawn([...argv], {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function collect(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const chunks: string[] = [];
  const readAll = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      chunks.push(decoder.decode(value, { stream: true }));
    }
  };
  const ended = readAll();
  return {
    ended,
    take(): string {
      // Without this the pipe of a process left in the background would keep this one alive.
      reader.cancel().catch(() => undefined);
      return chunks.join("") + decoder.decode();
    },
  };
}

/**
 * Starts a command in a session of its own and forgets it.
 * @returns the pid, or why it could not be started
 */
export function startDetached(
  argv: readonly string[],
  options: Omit<RunCommandOptions, "signal">,
): { readonly pid: number } | { readonly problem: string } {
  try {
    const child = Bun.spawn([...argv], {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: ["ignore", "ignore", "ignore"],
      detached: true,
    });
    child.unref();
    return { pid: child.pid };
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause) };
  }
}
