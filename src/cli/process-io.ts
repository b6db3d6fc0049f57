import type { Io } from "./io.ts";
import { writeOutput } from "./output.ts";

/** The real terminal, pipes and signals. Everything but writing is loaded when it is needed. */
export function processIo(): Io {
  return {
    out: (text) => writeOutput("stdout", text),
    err: (text) => writeOutput("stderr", text),
    style: async (stream) => {
      const { terminalStyle } = await import("./terminal.ts");
      const { readEnvironment } = await import("../config/env.ts");
      return terminalStyle(stream, readEnvironment().all);
    },
    stdin: () => Bun.stdin.text(),
    stdinEnd: () => {
      const controller = new AbortController();
      const ended = () => controller.abort(new DOMException("standard input ended", "AbortError"));
      Bun.stdin.text().then(ended, ended);
      return controller.signal;
    },
    interrupts: async () => (await import("./interrupts.ts")).watchInterrupts(),
  };
}
