import type { FlowSource } from "./flow-source.ts";

/** Flags of `tt run` that take a value or change how the flow runs. */
const RUN_FLAGS = [
  "check",
  "no-check",
  "ephemeral",
  "timeout",
  "cli",
  "town",
  "json",
  "quiet",
  "verbose",
  "help",
];

/** Warnings for flags of tt behind the script, where they are the flow's, unless the flow reads them. */
export function misplacedFlags(
  argv: readonly string[],
  source: Pick<FlowSource, "file" | "text">,
): readonly string[] {
  const end = argv.indexOf("--");
  const typed = (end === -1 ? argv : argv.slice(0, end))
    .filter((word) => word.startsWith("--"))
    .map((word) => word.slice(2).split("=", 1)[0] ?? "");
  const names = new Set(typed.filter((name) => RUN_FLAGS.includes(name)));
  const script = source.file.split("/").at(-1) ?? source.file;
  return [...names]
    .filter((name) => !readsFlag(source.text, name))
    .map(
      (name) =>
        `--${name} after ${script} goes to the flow; did you mean: tt run --${name} … ${script}`,
    );
}

/** `args.name`, `args["name"]`, a declaration `name: { type … }`, or a name taken out of `args`. */
function readsFlag(text: string, name: string): boolean {
  if (name === "help") return /\b(parseArgs|defineFlow)\b/.test(text);
  const word = RegExp.escape(name);
  const patterns = [
    `args\\s*\\.\\s*${word}\\b`,
    `args\\s*\\[\\s*["']${word}["']`,
    `["']?\\b${word}["']?\\s*:\\s*\\{\\s*(type|description|default|required)`,
    `\\{[^{}]*\\b${word}\\b[^{}]*\\}\\s*=\\s*args\\b`,
  ];
  return patterns.some((pattern) => new RegExp(pattern).test(text));
}
