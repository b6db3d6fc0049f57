import { templateTexts } from "./embedded-texts.ts" with { type: "macro" };

export interface FlowTemplate {
  readonly name: string;
  /** The text's first comment line. */
  readonly description: string;
  readonly text: string;
}

const ORDER = ["sequential", "parallel", "fanout", "messaging", "gate"];

/** The flows that `tt new flow` writes. */
export function flowTemplates(): readonly FlowTemplate[] {
  const texts: Readonly<Record<string, string>> = templateTexts();
  return Object.entries(texts)
    .map(([name, text]) => ({ name, text, description: firstComment(text) }))
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
}

function firstComment(text: string): string {
  const line = text.split("\n").find((one) => one.startsWith("// ")) ?? "";
  return line.slice("// ".length).replace(/\.$/, "");
}
