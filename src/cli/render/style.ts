/** How text may look where it is going; renderers get it and never ask the terminal themselves. */
export interface Style {
  /** Columns to keep lines within; undefined when lines are not for a terminal. */
  readonly width: number | undefined;
  readonly color: boolean;
  /** Whether icons and box characters can be shown. */
  readonly unicode: boolean;
  /** A CI runner reads the lines and takes some for commands to it. */
  readonly runner?: boolean;
}

/** For pipes, files and tests. */
export const PLAIN_STYLE: Style = { width: undefined, color: false, unicode: false };

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
} as const;
export type Paint = keyof typeof CODES;

export function paint(style: Style, color: Paint, text: string): string {
  if (!style.color || text === "") return text;
  const [on, off] = CODES[color];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** The icon and a blank where icons can be shown, else nothing. */
export function icon(style: Style, symbol: string): string {
  return style.unicode ? `${symbol} ` : "";
}

/** `1 task`, `2 tasks`, `2 queries`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amount} ${amount === 1 ? noun : plural}`;
}
