import { join } from "node:path";
import { listFiles } from "../lib/list-files.ts";
import { type ScratchRepository, succeed } from "./scratch-repository.ts";

/** Contents' hashes by file: to see, without git too, what agents changed. */
export type Snapshot = ReadonlyMap<string, string>;

export async function takeSnapshot({ root }: ScratchRepository): Promise<Snapshot> {
  const files = listFiles(root, ["**/*"]).filter((file) => !/^\.(git|tt)\//.test(file));
  const hashes = files.map(async (file): Promise<[string, string]> => {
    const content = await Bun.file(join(root, file)).bytes();
    return [file, Bun.hash(content).toString(36)];
  });
  return new Map(await Promise.all(hashes));
}

/** What `git diff --stat` tells, or the names of the files where there is no git. */
export async function changedFiles(
  repository: ScratchRepository,
  before: Snapshot,
): Promise<readonly string[]> {
  const after = await takeSnapshot(repository);
  const changed = [...after].filter(([file, hash]) => before.get(file) !== hash);
  if (!repository.git) {
    return changed.map(([file]) => `${before.has(file) ? "changed" : "new    "} ${file}`);
  }
  const place = { cwd: repository.root, env: repository.env };
  await succeed(["git", "add", "--intent-to-add", "."], place);
  const stat = await succeed(["git", "diff", "--stat"], place);
  return stat
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
}
