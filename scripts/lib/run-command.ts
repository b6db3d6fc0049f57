import { repoRoot } from "./repo-root.ts";

export interface RunOptions {
  /** Default: the repository. */
  readonly cwd?: string;
  /** Added to the caller's environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `capture` keeps the output, `inherit` shows it as it comes. Default `capture`. */
  readonly output?: "capture" | "inherit";
  /** The program and everything it has started is killed after this long. Default: no limit. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  readonly code: number;
  /** Standard output and error, in this order; empty when the output was inherited. */
  readonly output: string;
  readonly stdout: string;
  readonly seconds: number;
  readonly timedOut: boolean;
}

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs a program to its end. A program that cannot be started is an error, a failing one is not. */
export async function runCommand(
  argv: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  const started = performance.now();
  const capture = options.output !== "inherit";
  const child = Bun.spawn([...argv], {
    cwd: options.cwd ?? repoRoot,
    env: { ...process.env, ...options.env },
    stdin: "ignore",
    stdout: capture ? "pipe" : "inherit",
    stderr: capture ? "pipe" : "inherit",
    // A process group of its own, so that a signal reaches all that it has started.
    detached: true,
  });
  using group = superviseGroup(child.pid, options.timeoutMs);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    child.exited,
  ]);
  const seconds = (performance.now() - started) / 1000;
  return { code, stdout, output: stdout + stderr, seconds, timedOut: group.timedOut() };
}

/** Passes our signals on to a process group, and kills it when its time is up. */
function superviseGroup(pid: number, timeoutMs: number | undefined) {
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      process.kill(-pid, signal);
    } catch {
      // The group has ended.
    }
  };
  let late = false;
  const expire = () => {
    late = true;
    signalGroup("SIGKILL");
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
  for (const signal of FORWARDED) process.on(signal, signalGroup);
  return {
    timedOut: () => late,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      for (const signal of FORWARDED) process.off(signal, signalGroup);
    },
  };
}

async function text(stream: ReadableStream<Uint8Array> | undefined | null): Promise<string> {
  return stream ? await new Response(stream).text() : "";
}
