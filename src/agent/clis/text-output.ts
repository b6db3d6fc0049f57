import type { OutputParser } from "./agent-cli.ts";
import type { ProblemEvidence } from "./classify.ts";
import { tellingLine } from "./classify.ts";
import { reportFrom } from "./json-output.ts";

export interface TextOutputOptions {
  /** Marks a failure in the last lines of CLIs that exit 0 whatever happened. */
  readonly failure?: RegExp | undefined;
}

/** More than any answer; a flood keeps its end, the log has the whole. */
const MAX_CHARS = 1_000_000;
const LAST_LINES = 20;

/** Parser of CLIs that print plain text: all of it is the answer. */
export function textOutput(options: TextOutputOptions = {}): OutputParser {
  let lines: string[] = [];
  let chars = 0;
  let cut = false;
  return {
    line(line) {
      const plain = Bun.stripANSI(line.slice(-MAX_CHARS)).trimEnd();
      lines.push(plain);
      chars += plain.length + 1;
      if (chars <= 2 * MAX_CHARS) return;
      // Trimmed only now and then, so that a flood of short lines costs linear time.
      const kept = lines.join("\n").slice(-MAX_CHARS);
      lines = [kept];
      chars = kept.length;
      cut = true;
    },
    end({ code, stderrTail }) {
      const whole = lines.join("\n");
      const text = whole.slice(-MAX_CHARS);
      const last = text.split("\n").slice(-LAST_LINES).join("\n");
      const isCut = cut || text.length < whole.length;
      return reportFrom({
        text: isCut ? `[the beginning of a long output is left out]\n${text}` : text,
        sessionId: undefined,
        final: true,
        evidence: failureEvidence(),
      });

      function failureEvidence(): ProblemEvidence | undefined {
        if (code !== undefined && code !== 0) {
          const told = tellingLine(stderrTail) || tellingLine(last);
          return { message: [`exit code ${code}`, told].filter(Boolean).join(": ") };
        }
        const line = last.split("\n").findLast((l) => options.failure?.test(l));
        return line === undefined ? undefined : { message: line };
      }
    },
  };
}
