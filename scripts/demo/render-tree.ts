/** A line and what is below it. */
export interface Branch {
  readonly text: string;
  /** Stands at the end of the line; the text is cut before this is. */
  readonly note?: string;
  readonly children?: readonly Branch[];
}

/** Draws a tree with box characters; no line is longer than the width. */
export function renderTree(root: Branch, width: number): string {
  return [line("", root, width), ...drawChildren(root.children ?? [], "", width)].join("\n");
}

function drawChildren(children: readonly Branch[], indent: string, width: number): string[] {
  return children.flatMap((child, index) => {
    const last = index === children.length - 1;
    const own = line(`${indent}${last ? "└─ " : "├─ "}`, child, width);
    return [own, ...drawChildren(child.children ?? [], indent + (last ? "   " : "│  "), width)];
  });
}

function line(prefix: string, { text, note }: Branch, width: number): string {
  const room = width - prefix.length;
  if (note === undefined) return prefix + cut(text, room);
  const short = cut(note, Math.floor(room / 2));
  return `${prefix}${cut(text, room - short.length - 3)} → ${short}`;
}

/** Cuts a text to a number of characters. */
export function cut(text: string, width: number): string {
  const chars = [...text.trimEnd()];
  return chars.length > width ? `${chars.slice(0, width - 1).join("")}…` : chars.join("");
}
