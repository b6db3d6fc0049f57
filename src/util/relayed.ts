import { sanitize } from "./sanitize.ts";

/**
 * Text of an agent or a task for people, each line behind a bar.
 *
 * CI runners take a line that begins with `::`, blanks or not, for a command to them: the bar keeps
 * an agent from masking words, setting variables or faking errors of the job.
 */
export function relayed(text: string, bar = "│ "): string {
  return sanitize(text)
    .split("\n")
    .map((line) => `${bar}${line}`.trimEnd())
    .join("\n");
}

/** The same for a text that follows a label: its first line needs no bar. */
export function relayedAfterLabel(text: string, bar = "│ "): string {
  const clean = sanitize(text);
  const feed = clean.indexOf("\n");
  return feed === -1 ? clean : `${clean.slice(0, feed)}\n${relayed(clean.slice(feed + 1), bar)}`;
}
