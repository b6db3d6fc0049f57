import type { TurnOutcome } from "../../core/turn.ts";
import { parseDuration } from "../../util/duration.ts";
import { nearest } from "../../util/nearest.ts";
import { splitCommand } from "../../util/split-command.ts";

/**
 * The language of `sim`, the built-in stand-in for an AI CLI. A task or message is executed line by
 * line: every line that starts with `SIM:` (in any case, also as a list item) is a directive, the
 * others are prose. Directives run in order until one of them ends the turn.
 *
 *     SIM: answer TEXT               says TEXT; several answers become several lines
 *     SIM: read FILE                 reads a file; its text becomes part of the answer
 *     SIM: write FILE TEXT           writes a file, making its directories
 *     SIM: append FILE TEXT          adds a line to a file
 *     SIM: replace FILE /RE/gi TEXT  edits a file; no match is a failure
 *     SIM: run ARGV…                 runs a command; its output goes to the log, a code other than 0
 *                                    into the answer
 *     SIM: show ARGV…                the same, and its output becomes part of the answer
 *     SIM: background ARGV…          starts a command in a session of its own and leaves it behind
 *     SIM: send AGENT [--FLAG…] TEXT runs `tt send`
 *     SIM: ask TEXT                  asks the conductor a question
 *     SIM: complete TEXT             runs `tt task complete` for this task
 *     SIM: task-fail TEXT            runs `tt task fail` for this task
 *     SIM: tt ARGS…                  runs any other command of this program
 *     SIM: delay 500ms               waits
 *     SIM: stderr TEXT               writes a line to the standard error stream
 *     SIM: flood 10MB                writes that much to the log
 *     SIM: once DIRECTIVE            only in the first attempt at this task
 *
 * These end the turn:
 *
 *     SIM: fail REASON               reports a failure, exit code 1
 *     SIM: rate-limit [30s]          reports a rate limit, with the time to wait
 *     SIM: auth-fail [REASON]        reports that nobody is logged in
 *     SIM: context-full              reports that the conversation is too long
 *     SIM: needs-input QUESTION      reports that only a person can go on
 *     SIM: exit N                    exits with code N; 0 is a normal end
 *     SIM: empty                     exits with code 0 and without an answer
 *     SIM: crash                     kills itself
 *     SIM: hang [hard]               never ends by itself; `hard` ignores all signals but SIGKILL
 *
 * FILE is inside the working directory and may be quoted. In TEXT, `\n` is a line end, `\t` a tab
 * and `\\` a backslash; a TEXT `<<END` at the end of the line is everything up to a line `END`.
 * Commands are split into arguments without a shell; write `SIM: run sh -c '…'` for one.
 * A directive that is not understood, and one that cannot be carried out, fails the turn.
 * Without directives the first line of the task is the answer: `sim: did "Build the login UI"`.
 */
export type Directive =
  | { readonly do: "answer" | "complete" | "task-fail" | "stderr"; readonly text: string }
  | { readonly do: "read"; readonly file: string }
  | { readonly do: "write" | "append"; readonly file: string; readonly text: string }
  | {
      readonly do: "replace";
      readonly file: string;
      readonly pattern: RegExp;
      readonly text: string;
    }
  | { readonly do: "run" | "show" | "background" | "tt"; readonly argv: readonly string[] }
  | { readonly do: "delay"; readonly ms: number }
  | { readonly do: "flood"; readonly bytes: number }
  | { readonly do: "once"; readonly directive: Directive; readonly key: string }
  | { readonly do: "report"; readonly outcome: TurnOutcome; readonly text: string }
  | { readonly do: "exit"; readonly code: number }
  | { readonly do: "hang"; readonly hard: boolean }
  | { readonly do: "empty" | "crash" }
  | { readonly do: "misread"; readonly problem: string };

const DIRECTIVE_LINE = /^\s*(?:[-*]\s+)?SIM:\s*(.*)$/i;

/** The directives of a task's text, and what remains of it without them. */
export interface SimWork {
  readonly directives: readonly Directive[];
  readonly prose: string;
}

export function parseWork(text: string): SimWork {
  const directives: Directive[] = [];
  const prose: string[] = [];
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const source = DIRECTIVE_LINE.exec(line)?.[1];
    if (source === undefined) {
      prose.push(line);
      continue;
    }
    const end = /(?:^|\s)<<(\w+)\s*$/.exec(source);
    if (end === null) {
      directives.push(parseDirective(source, directives.length));
      continue;
    }
    const body: string[] = [];
    while (++i < lines.length && lines[i]?.trim() !== end[1]) body.push(lines[i] ?? "");
    const head = source.slice(0, end.index);
    directives.push(
      i < lines.length
        ? parseDirective(`${head} ${escapeText(body.join("\n"))}`, directives.length)
        : misread(source, `no line "${end[1]}" follows`),
    );
  }
  return { directives, prose: prose.join("\n") };
}

/** Steps of a script: directives without their `SIM:`. */
export function parseSteps(steps: readonly string[]): readonly Directive[] {
  return parseWork(steps.map((step) => `SIM: ${step}`).join("\n")).directives;
}

/** @param place where it stands among its siblings; tells equal `once` lines apart */
function parseDirective(source: string, place: number): Directive {
  const [, verb = "", rest = ""] = /^(\S*)\s*([\s\S]*)$/.exec(source.trim()) ?? [];
  const parse = Object.hasOwn(VERBS, verb.toLowerCase()) ? VERBS[verb.toLowerCase()] : undefined;
  if (parse === undefined) {
    const meant = nearest(verb, Object.keys(VERBS));
    const hint = meant === undefined ? "" : `, did you mean "${meant}"?`;
    return misread(source, `there is no directive "${verb}"${hint}`);
  }
  const parsed = parse(rest, place);
  return typeof parsed === "string" ? misread(source, parsed) : parsed;
}

function misread(source: string, why: string): Directive {
  return { do: "misread", problem: `Cannot read "SIM: ${source.trim()}": ${why}` };
}

/** A directive, or why the rest of the line is none. */
type ParseRest = (rest: string, place: number) => Directive | string;

const VERBS: Readonly<Record<string, ParseRest>> = {
  answer: (rest) => ({ do: "answer", text: unescapeText(rest) }),
  complete: (rest) => ({ do: "complete", text: unescapeText(rest) || "done" }),
  "task-fail": (rest) => ({ do: "task-fail", text: unescapeText(rest) || "failed by sim" }),
  stderr: (rest) => ({ do: "stderr", text: unescapeText(rest) }),
  read: (rest) => withFile(rest, (file) => ({ do: "read", file })),
  write: (rest) =>
    withFile(rest, (file, text) => ({ do: "write", file, text: unescapeText(text) })),
  append: (rest) =>
    withFile(rest, (file, text) => ({ do: "append", file, text: unescapeText(text) })),
  replace: (rest) => withFile(rest, parseReplace),
  run: (rest) => withArgv(rest, (argv) => ({ do: "run", argv })),
  show: (rest) => withArgv(rest, (argv) => ({ do: "show", argv })),
  background: (rest) => withArgv(rest, (argv) => ({ do: "background", argv })),
  tt: (rest) => withArgv(rest, (argv) => ({ do: "tt", argv })),
  send: parseSend,
  ask: (rest) =>
    rest === ""
      ? "the question is missing"
      : { do: "tt", argv: ["send", "conductor", "--query", unescapeText(rest)] },
  delay: (rest) => {
    const ms = parseDuration(rest);
    return ms === undefined ? "a time such as 500ms or 2s is missing" : { do: "delay", ms };
  },
  flood: (rest) => {
    const bytes = parseSize(rest);
    return bytes === undefined ? "a size such as 10MB is missing" : { do: "flood", bytes };
  },
  once: (rest, place) => {
    const directive = parseDirective(rest, place);
    return directive.do === "misread"
      ? directive
      : { do: "once", directive, key: `${place} ${rest}` };
  },
  fail: (rest) => report("failed", rest || "failed by sim"),
  "rate-limit": (rest) => {
    const ms = rest === "" ? 0 : parseDuration(rest);
    if (ms === undefined) return "the time to wait is not one, such as 30s";
    return report("rate_limited", ms === 0 ? "rate limited" : `rate limited; try again in ${rest}`);
  },
  "auth-fail": (rest) => report("auth", rest || "not logged in"),
  "context-full": (rest) => report("context_exhausted", rest || "the conversation is too long"),
  "needs-input": (rest) => report("needs_input", rest || "a person has to decide"),
  exit: (rest) => (/^\d{1,3}$/.test(rest) ? { do: "exit", code: Number(rest) } : "give a code"),
  hang: (rest) => ({ do: "hang", hard: rest.toLowerCase() === "hard" }),
  empty: () => ({ do: "empty" }),
  crash: () => ({ do: "crash" }),
};

function report(outcome: TurnOutcome, text: string): Directive {
  return { do: "report", outcome, text: unescapeText(text) };
}

function withFile(rest: string, make: (file: string, text: string) => Directive | string) {
  const [, single, double, plain, text = ""] =
    /^(?:'([^']+)'|"([^"]+)"|(\S+))(?:\s([\s\S]*))?$/.exec(rest) ?? [];
  const file = single ?? double ?? plain;
  return file === undefined ? "the file is missing" : make(file, text);
}

function withArgv(rest: string, make: (argv: readonly string[]) => Directive): Directive | string {
  const split = splitCommand(rest);
  if (!split.ok) return split.problem;
  return split.argv.length === 0 ? "the command is missing" : make(split.argv);
}

function parseReplace(file: string, rest: string): Directive | string {
  const [, source, flags = "", text = ""] =
    /^\s*\/((?:\\.|[^/\\])+)\/([a-z]*)\s?([\s\S]*)$/.exec(rest) ?? [];
  if (source === undefined) return "a pattern such as /old/ is missing";
  try {
    return { do: "replace", file, pattern: new RegExp(source, flags), text: unescapeText(text) };
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function parseSend(rest: string): Directive | string {
  const [, to, flags = "", text] = /^(\S+)((?:\s+--[a-z]+)*)\s+([\s\S]+)$/.exec(rest) ?? [];
  if (to === undefined || text === undefined) return "give an agent and a text";
  const words = flags.split(/\s+/).filter((flag) => flag !== "");
  return { do: "tt", argv: ["send", to, ...words, unescapeText(text)] };
}

function parseSize(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmg]?)i?b?$/i.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  const factor = { "": 1, k: 1e3, m: 1e6, g: 1e9 }[unit.toLowerCase()] ?? 1;
  return Math.round(Number(amount) * factor);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", "\\": "\\" };

function unescapeText(text: string): string {
  return text.replace(/\\([nt\\])/g, (whole, char: string) => ESCAPES[char] ?? whole);
}

function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
