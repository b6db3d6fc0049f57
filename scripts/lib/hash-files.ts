import { join } from "node:path";

/** SHA-256 over names and contents of the files, given relative to `root`; a missing file counts as empty. */
export async function hashFiles(root: string, files: Iterable<string>): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for (const file of [...files].sort()) {
    const content = Bun.file(join(root, file));
    hash.update(`${file}\0`);
    if (await content.exists()) hash.update(await content.bytes());
    hash.update("\0");
  }
  return hash.digest("hex");
}
