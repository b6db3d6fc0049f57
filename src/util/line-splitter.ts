/** A line longer than this is handed on in pieces, so that memory stays bounded. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** Cuts a stream of chunks into lines without their ends; invalid UTF-8 becomes U+FFFD. */
export function lineSplitter(onLine: (line: string) => void) {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let length = 0;
  const flush = (): void => {
    if (length === 0) return;
    const line = pieces.join("");
    pieces = [];
    length = 0;
    onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  };
  return {
    write(chunk: Uint8Array): void {
      const [first = "", ...rest] = decoder.decode(chunk, { stream: true }).split("\n");
      pieces.push(first);
      length += first.length;
      for (const piece of rest) {
        if (length === 0) onLine("");
        flush();
        pieces.push(piece);
        length += piece.length;
      }
      if (length > LONGEST_LINE) flush();
    },
    end(): void {
      const rest = decoder.decode(); // half a character becomes U+FFFD
      pieces.push(rest);
      length += rest.length;
      flush();
    },
  };
}
