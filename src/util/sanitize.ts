/** Made when first needed: most text is plain, and a command that assigns a task starts in 8 ms. */
function escapes(): RegExp {
  return new RegExp(
    [
      "\\u001b\\][^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?", // OSC: title, link, clipboard
      "\\u001b[PX^_][^\\u001b\\u009c]*(?:\\u001b\\\\|\\u009c)?", // DCS, SOS, PM, APC
      "[\\u001b\\u009b]\\[?[0-9:;<=>?]*[ -/]*[@-~]", // CSI and two-character escapes
    ].join("|"),
    "g",
  );
}

/**
 * Removes escape sequences and control characters, keeps line feeds and tabs, and puts a blank into
 * `##[`, which CI runners take for a command wherever in a line it is (`##vso[` likewise).
 *
 * Text from agents and their CLIs is untrusted: an escape sequence in it could retitle the
 * terminal, move the cursor over earlier lines or write to the clipboard, and a bidirectional
 * override could make it read as something else.
 */
export function sanitize(text: string): string {
  if (isPlain(text)) return text;
  return text
    .replaceAll("\r\n", "\n")
    .replace(escapes(), "")
    .replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "")
    .replace(/##(?=\w*\[)/g, "## ");
}

const NUMBER_SIGN = 0x23;

function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === NUMBER_SIGN && text.charCodeAt(i + 1) === NUMBER_SIGN) return false;
    if (code >= 0x20 && code < 0x7f) continue;
    if (code === 0x0a || code === 0x09) continue;
    if (code < 0xa0 || (code >= 0x202a && code <= 0x202e)) return false;
    if (code >= 0x2066 && code <= 0x2069) return false;
  }
  return true;
}

/** One line for a table: the first line that says something, cut to `length` characters. */
export function summarize(text: string, length: number): string {
  const first = firstLine(sanitize(text));
  const characters = [...first];
  if (characters.length <= length) return first;
  return `${characters.slice(0, Math.max(0, length - 3)).join("")}...`;
}

function firstLine(text: string): string {
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf("\n", start);
    const end = feed === -1 ? text.length : feed;
    const line = text.slice(start, end).trim();
    if (line !== "") return line.includes("\t") || line.includes("  ") ? squeeze(line) : line;
    start = end + 1;
  }
  return "";
}

function squeeze(line: string): string {
  return line.replaceAll(/\s+/g, " ");
}
