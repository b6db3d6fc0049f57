export interface CodeFrameOptions {
  /** 1-based. */
  readonly line: number;
  /** 1-based; without it no caret is drawn. */
  readonly column?: number | undefined;
  /** Characters to underline; default 1. */
  readonly length?: number | undefined;
}

const CONTEXT_LINES = 2;
const MAX_LINE_LENGTH = 160;

/** The line of a source text with its neighbours and a caret; empty when there is no such line. */
export function codeFrame(text: string, options: CodeFrameOptions): string {
  const lines = text.split("\n");
  if (lines[options.line - 1] === undefined) return "";
  const first = Math.max(1, options.line - CONTEXT_LINES);
  const last = Math.min(lastLine(lines), options.line + CONTEXT_LINES);
  const width = String(last).length;
  const rows: string[] = [];
  for (let number = first; number <= last; number++) {
    const source = (lines[number - 1] ?? "").replace(/\r$/, "").slice(0, MAX_LINE_LENGTH);
    const marker = number === options.line ? ">" : " ";
    rows.push(`${marker} ${String(number).padStart(width)} | ${source}`.trimEnd());
    if (number === options.line && options.column !== undefined) {
      rows.push(`  ${" ".repeat(width)} | ${caret(source, options.column, options.length ?? 1)}`);
    }
  }
  return rows.join("\n");
}

function lastLine(lines: readonly string[]): number {
  return lines.at(-1) === "" ? lines.length - 1 : lines.length;
}

/** Tabs stay tabs, so that the caret stands below its character whatever their width. */
function caret(source: string, column: number, length: number): string {
  const before = source.slice(0, column - 1).replaceAll(/[^\t]/g, " ");
  const room = Math.max(1, source.length - column + 1);
  return before + "^".repeat(Math.max(1, Math.min(length, room)));
}
