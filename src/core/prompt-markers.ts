/**
 * The blocks of a prompt: an opening line `<task id="…" …>`, the body, a closing line `</task>`.
 * A body comes from people and from other agents, so it must not be able to end its block or to
 * pose as the work; what could is written with a backslash after the `<`, and read back without.
 */
export type BlockTag = "task" | "message" | "instructions" | "material" | "notes";

/** Opens a block that `parsePromptWork` takes for the work. */
const WORK_OPENING = '(?:task|message) id="';

type Attributes = Readonly<Record<string, string | number | true | undefined>>;

/** `true` is a bare attribute, undefined is left out. */
function openingMarker(tag: BlockTag, attributes: Attributes = {}): string {
  const parts = Object.entries(attributes).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return value === true ? [` ${name}`] : [` ${name}="${attributeText(String(value))}"`];
  });
  return `<${tag}${parts.join("")}>`;
}

/** @param escapedBody from `escapeBody` with the same tag */
export function block(tag: BlockTag, attributes: Attributes, escapedBody: string): string {
  return `${openingMarker(tag, attributes)}\n${escapedBody}\n</${tag}>`;
}

export function escapeBody(tag: BlockTag, body: string): string {
  return body.replace(risky(tag), "<\\$1$2");
}

export function unescapeBody(tag: BlockTag, body: string): string {
  return body.replace(escaped(tag), "<$1$2");
}

const risky = (tag: BlockTag) => new RegExp(`<(\\\\*)(${riskyRest(tag)})`, "gi");
const escaped = (tag: BlockTag) => new RegExp(`<\\\\(\\\\*)(${riskyRest(tag)})`, "gi");

/** The work itself is the first of its kind, so nothing in it can pose as another. */
function riskyRest(tag: BlockTag): string {
  const closing = `/\\s*${tag}\\b`;
  return tag === "task" || tag === "message" ? closing : `${closing}|${WORK_OPENING}`;
}

function attributeText(value: string): string {
  return value.replace(/\s+/g, " ").replaceAll('"', "'").replaceAll("<", "(").replaceAll(">", ")");
}

/** The work as an agent's CLI finds it in its prompt. */
export interface PromptedWork {
  readonly kind: "task" | "message";
  readonly id: string;
  readonly from: string | undefined;
  /** Of a message: `task` or `query`. */
  readonly messageKind: string | undefined;
  readonly urgent: boolean;
  /** 1 for the first turn. */
  readonly attempt: number;
  readonly text: string;
}

const WORK = /^<(task|message) (id="[^\n]*)>\n([\s\S]*?)\n<\/\1>$/m;

/** Finds the work in a prompt that `buildPrompt` wrote; undefined in any other text. */
export function parsePromptWork(prompt: string): PromptedWork | undefined {
  const [, tag, attributes, body] = WORK.exec(prompt) ?? [];
  if (tag === undefined || attributes === undefined || body === undefined) return undefined;
  const attribute = (name: string) => new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1];
  const kind = tag === "task" ? "task" : "message";
  return {
    kind,
    id: attribute("id") ?? "",
    from: attribute("from"),
    messageKind: attribute("kind"),
    urgent: / urgent(?: |$)/.test(attributes.replace(/"[^"]*"/g, '""')),
    attempt: Number(attribute("attempt") ?? "1"),
    text: unescapeBody(kind, body),
  };
}
