/**
 * Files that match any of the patterns, relative to `root`, with slashes, sorted.
 * One glob per pattern: Bun's globs take no alternatives that contain a slash.
 */
export function listFiles(root: string, patterns: readonly string[]): readonly string[] {
  const found = patterns.flatMap((pattern) => {
    const files = [...new Bun.Glob(pattern).scanSync({ cwd: root, dot: true })];
    if (files.length === 0) throw new Error(`No file in "${root}" matches "${pattern}"`);
    return files.map((file) => file.replaceAll("\\", "/"));
  });
  return [...new Set(found)].sort();
}
