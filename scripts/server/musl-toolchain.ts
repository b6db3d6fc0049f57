import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AptArchive } from "./apt-archive.ts";
import { command } from "./command.ts";

export interface MuslToolchain {
  /** The compiler: gcc with musl's headers and C library. */
  readonly cc: string;
  /** Licence text of the C library, which becomes part of every program. */
  readonly copyright: string;
}

/**
 * Unpacks Debian's musl into a directory (no spaces in its path) and makes a compiler of it.
 * Nothing is installed: the spec file that tells gcc where musl is gets the new place written in.
 */
export async function unpackMusl(
  archive: AptArchive,
  directory: string,
  signal?: AbortSignal,
): Promise<MuslToolchain> {
  const root = join(directory, "root");
  const deb = await archive.fetchPackage("musl-dev", directory);
  await command(["dpkg-deb", "-x", deb, root], { cwd: directory, signal });
  const libraries = join(root, "usr", "lib");
  const triplet = (await readdir(libraries)).find((name) => name.endsWith("-linux-musl"));
  if (!triplet) throw new Error(`"musl-dev" holds no library directory`);
  const original = await readFile(join(libraries, triplet, "musl-gcc.specs"), "utf8");
  const specs = join(directory, "musl-gcc.specs");
  await writeFile(specs, original.replaceAll(/\/usr\/(?=(lib|include)\/)/g, `${root}/usr/`));
  const cc = join(directory, "musl-gcc");
  // Static throughout: a test program of a configure script could not load the C library either.
  await writeFile(cc, `#!/bin/sh\nexec gcc -static "$@" -specs "${specs}"\n`);
  await chmod(cc, 0o755);
  const copyright = await readFile(join(root, "usr/share/doc/musl-dev/copyright"), "utf8");
  return { cc, copyright };
}
