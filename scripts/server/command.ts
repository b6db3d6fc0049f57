/** What a build may see of the caller's environment: compiler flags in it would change the result. */
const KEPT = /^(PATH|HOME|TMPDIR|APT_CONFIG|(https?|ftp|all|no)_proxy)$/i;

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end and returns its standard output.
 * Throws with the tail of its output when it cannot be started or fails.
 */
export async function command(argv: readonly string[], options: CommandOptions): Promise<string> {
  const { cwd, env, signal } = options;
  const inherited = Object.entries(process.env).filter(([name]) => KEPT.test(name));
  const child = Bun.spawn([...argv], {
    cwd,
    env: { ...Object.fromEntries(inherited), LC_ALL: "C", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal && { signal }),
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  signal?.throwIfAborted();
  if (code !== 0) throw new Error(describeFailure(argv, code, `${out}\n${err}`));
  return out;
}

/** First line: the program and what it complains about most; then the tail of its output. */
function describeFailure(argv: readonly string[], code: number, output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const complaint = lines.find((line) => /^E: |\berror: /.test(line)) ?? lines.at(-1) ?? "";
  const tail = lines.slice(-8).join("\n");
  return `"${argv[0]}" exited with ${code}: ${complaint.trim()}\n${tail}`;
}
