import { ttBinary } from "./tt-binary.ts";
import { waitFor } from "./wait-for.ts";

export interface TtOptions {
  /** Default: the town's directory. */
  readonly cwd?: string;
  /** Added to the rig's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Standard input; default none. */
  readonly stdin?: string;
  /** Then the process is killed and the test fails. Default: 30 s. */
  readonly timeoutMs?: number;
  /** Runs this in place of the program, with the same arguments. */
  readonly program?: string;
}

export interface TtResult {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of the program under test. */
export interface RunningTt {
  readonly pid: number;
  /** Rejects at the time-out. */
  readonly exited: Promise<TtResult>;
  /** Resolves when it has printed this, on either stream; rejects when it ends without. */
  printed(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function startTt(argv: readonly string[], place: Place, options: TtOptions = {}): RunningTt {
  const child = Bun.spawn([options.program ?? ttBinary(), ...argv], {
    cwd: options.cwd ?? place.cwd,
    env: { ...place.env, ...options.env },
    stdin: options.stdin === undefined ? "ignore" : Buffer.from(options.stdin),
    stdout: "pipe",
    stderr: "pipe",
    // As a shell does: Ctrl-C and `kill %1` reach this command alone.
    detached: true,
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const finish = async (): Promise<TtResult> => {
    await Promise.all([child.exited, stdout.ended, stderr.ended]);
    const { exitCode: code, signalCode } = child;
    const signal = signalCode === null ? null : String(signalCode);
    return { code, signal, stdout: stdout.text(), stderr: stderr.text() };
  };
  const { timeoutMs = 30_000 } = options;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
    late.reject(new Error(`"tt ${argv.join(" ")}" has not ended within ${timeoutMs} ms`));
  }, timeoutMs);
  const exited = Promise.race([finish(), late.promise]).finally(() => clearTimeout(timer));
  exited.catch(() => undefined); // it is not a stray rejection while nobody awaits it yet
  return {
    pid: child.pid,
    exited,
    printed: async (text) => {
      const seen = () => (stdout.text() + stderr.text()).includes(text);
      const over = () => child.exitCode !== null || child.signalCode !== null;
      await waitFor(() => seen() || over(), { what: `"${text}"`, timeoutMs: 10_000 });
      if (over()) await Promise.all([stdout.ended, stderr.ended]);
      if (seen()) return;
      throw new Error(`It ended without "${text}":\n${stdout.text()}${stderr.text()}`);
    },
    kill: (signal) => child.kill(signal),
  };
}

function collect(stream: ReadableStream<Uint8Array>) {
  let text = "";
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  };
  return { ended: read(), text: () => text };
}
