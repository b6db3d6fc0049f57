import type { InterruptSignal, Interrupts, Io } from "../../src/cli/io.ts";
import { ClosedOutput } from "../../src/cli/output.ts";
import { PLAIN_STYLE, type Style } from "../../src/cli/render/style.ts";
import { runCli } from "../../src/cli/run-cli.ts";

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestIo extends Io {
  readonly stdoutText: () => string;
  readonly stderrText: () => string;
  /** Delivers a signal to the running command as Ctrl-C would. */
  readonly interrupt: (name: InterruptSignal) => void;
}

export interface TestIoOptions {
  readonly stdin?: string;
  readonly style?: Style;
  /** Whether the reader of stdout goes away, asked with everything written so far. */
  readonly closeWhen?: (text: string) => boolean;
}

/** Standard streams and signals of a command that runs inside the test. */
export function testIo(options: TestIoOptions = {}): TestIo {
  const written = { out: "", err: "" };
  const controller = new AbortController();
  let received: InterruptSignal | undefined;
  const interrupts: Interrupts = {
    signal: controller.signal,
    received: () => received,
    [Symbol.dispose]: () => {},
  };
  return {
    out: async (text) => {
      written.out += text;
      if (options.closeWhen?.(written.out)) throw new ClosedOutput("closed by the test");
    },
    err: async (text) => {
      written.err += text;
    },
    style: async () => options.style ?? PLAIN_STYLE,
    stdin: async () => options.stdin ?? "",
    stdinEnd: () => new AbortController().signal,
    interrupts: async () => interrupts,
    stdoutText: () => written.out,
    stderrText: () => written.err,
    interrupt: (name) => {
      received = name;
      controller.abort(new DOMException(`interrupted by ${name}`, "AbortError"));
    },
  };
}

/** Runs one command line of tt in this process. */
export async function runTt(
  argv: readonly string[],
  options: TestIoOptions = {},
): Promise<CliResult> {
  const io = testIo(options);
  const code = await runCli(argv, io);
  return { code, stdout: io.stdoutText(), stderr: io.stderrText() };
}
