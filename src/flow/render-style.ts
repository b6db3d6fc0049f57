/** How text may look where it goes; the little of a terminal's abilities that is needed here. */
export interface FlowStyle {
  readonly color: boolean;
}

const CODES = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export function tint(style: FlowStyle, color: keyof typeof CODES, text: string): string {
  if (!style.color || text === "") return text;
  const off = color === "dim" ? 22 : 39;
  return `\u001b[${CODES[color]}m${text}\u001b[${off}m`;
}

export function indent(text: string, prefix: string): string {
  return text
    .split("\n")
    .map((line) => `${prefix}${line}`.trimEnd())
    .join("\n");
}
