/**
 * Where a key stands in a TOML text, for messages: 1-based line and column. smol-toml reports
 * positions of syntax errors only, so values are found again by their table and name. Undefined
 * fields when the key is not spelled out (inline tables).
 */
export function keyPosition(
  source: string,
  path: readonly string[],
): { readonly line?: number; readonly column?: number } {
  const table = path.slice(0, -1).join(".");
  const key = path.at(-1) ?? "";
  let current = "";
  for (const [index, line] of source.split("\n").entries()) {
    const header = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?/.exec(line)?.[1];
    if (header !== undefined) {
      current = header.replaceAll(/["'\s]/g, "");
      if (current === path.join(".")) return { line: index + 1, column: line.indexOf("[") + 1 };
      continue;
    }
    const name = /^\s*(["']?)([^"'=\s]+)\1\s*=/.exec(line)?.[2];
    if (current === table && name === key) {
      return { line: index + 1, column: line.search(/\S/) + 1 };
    }
  }
  return {};
}
