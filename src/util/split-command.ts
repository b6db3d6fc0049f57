export type SplitCommand =
  | { readonly ok: true; readonly argv: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/**
 * Splits a command line into an argument list by the quoting rules of a POSIX shell and nothing
 * else of it: blanks separate, `'…'` is literal, `"…"` keeps blanks and lets `\` escape `"`, `\`,
 * `$` and a back-tick, a `\` outside quotes escapes the next character. `$NAME`, `~`, `*`, `|`,
 * `;` and `#` have no meaning; whoever wants them writes `sh -c '…'`.
 */
export function splitCommand(line: string): SplitCommand {
  const argv: string[] = [];
  let word: string | undefined;
  let quote: "'" | '"' | undefined;
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (quote !== undefined) {
      if (char === quote) {
        quote = undefined;
      } else if (quote === '"' && char === "\\" && '"\\$`'.includes(line.charAt(i + 1) || " ")) {
        word += line.charAt(++i);
      } else {
        word += char;
      }
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (char === "\\") {
      if (i + 1 === line.length) return { ok: false, problem: "it ends in a lone backslash" };
      word = (word ?? "") + line.charAt(++i);
    } else if (/\s/.test(char)) {
      if (word !== undefined) argv.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== undefined) return { ok: false, problem: `a ${quote} quote is not closed` };
  if (word !== undefined) argv.push(word);
  return { ok: true, argv };
}

/** The inverse, for messages and logs: a line that `splitCommand` splits into the same words. */
export function joinCommand(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(" ");
}
