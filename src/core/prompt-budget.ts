/** The bodies of a prompt that may be long. */
export interface PromptParts {
  readonly instructions: string;
  readonly work: string;
  readonly notes: string;
  readonly material: readonly string[];
}

export interface PromptBudget {
  /** What all bodies together may use. */
  readonly bodyChars: number;
  /** Named where a body is cut: the file with the whole prompt. */
  readonly path: string;
}

/** The work may use this share before anything else is served. */
const WORK_SHARE = 0.7;

/** Cuts bodies to their beginnings so that together they fit; short ones are left whole. */
export function fitPrompt(parts: PromptParts, budget: PromptBudget): PromptParts {
  const others = [parts.instructions, parts.notes, ...parts.material];
  const otherChars = others.reduce((total, body) => total + body.length, 0);
  const total = Math.max(0, budget.bodyChars);
  const workChars = Math.min(
    parts.work.length,
    Math.max(Math.floor(total * WORK_SHARE), total - otherChars),
  );
  const limit = fairLimit(others, total - workChars);
  const cut = (body: string, chars: number) => headOf(body, chars, budget.path);
  return {
    work: cut(parts.work, workChars),
    instructions: cut(parts.instructions, limit),
    notes: cut(parts.notes, limit),
    material: parts.material.map((body) => cut(body, limit)),
  };
}

/** The largest length to which every body can be cut so that their sum stays in the total. */
function fairLimit(bodies: readonly string[], total: number): number {
  let left = total;
  const lengths = bodies.map((body) => body.length).sort((a, b) => a - b);
  for (const [i, length] of lengths.entries()) {
    const share = Math.floor(left / (lengths.length - i));
    if (length > share) return share;
    left -= length;
  }
  return Number.POSITIVE_INFINITY;
}

function headOf(body: string, chars: number, path: string): string {
  if (body.length <= chars) return body;
  const notice = `\n[cut here; the full text is in the file ${path}]`;
  let end = Math.max(0, chars - notice.length);
  // Not between the two halves of a character outside the basic plane.
  if (/[\uD800-\uDBFF]/.test(body.charAt(end - 1))) end -= 1;
  return `${body.slice(0, end)}${notice}`;
}
