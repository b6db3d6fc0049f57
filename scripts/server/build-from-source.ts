import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServerLicence, ServerProduct } from "../../src/process/server-info.ts";
import { type AptArchive, openAptArchive } from "./apt-archive.ts";
import type { Candidate } from "./candidates.ts";
import { type CompiledServer, compileServer, nativeSources } from "./compile.ts";
import { licenceSummary, renderLicences } from "./licences.ts";
import { unpackMusl } from "./musl-toolchain.ts";
import type { Progress } from "./progress.ts";
import { checkServer } from "./self-check.ts";

export interface SourceBuildOptions {
  readonly candidate: Candidate;
  /** Empty directory without a space in its path; everything happens there. */
  readonly directory: string;
  readonly mirror?: string | undefined;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

export interface SourceBuild extends CompiledServer {
  readonly product: ServerProduct;
  readonly version: string;
  readonly licences: readonly ServerLicence[];
  readonly licenceText: string;
  /** SHA-256 by name of each source file. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Builds a static server from a Debian source package and checks that it works. */
export async function buildFromSource(options: SourceBuildOptions): Promise<SourceBuild> {
  const { candidate, directory, progress, signal } = options;
  const { product, suite } = candidate;
  progress(`reading the package lists of Debian ${suite}`);
  const archive = await openAptArchive({ ...options, directory: join(directory, "apt"), suite });
  const { version, tree, sources } = await fetchNewest(archive, options);
  progress("fetching musl");
  const musl = await unpackMusl(archive, join(directory, "musl"), signal);
  progress(`compiling ${product} ${version} (half a minute to a minute)`);
  const native = nativeSources(process.arch).map((name) => join(import.meta.dir, "native", name));
  const compiled = await compileServer({
    product,
    tree,
    cc: musl.cc,
    native,
    directory,
    signal,
  });
  progress("checking what was built");
  await checkServer(compiled.server, join(directory, "check"), signal);
  const copyright = await readFile(join(tree, "debian", "copyright"), "utf8");
  const copying = await readFile(join(tree, "COPYING"), "utf8");
  const texts = { product, version, copying, copyright, muslCopyright: musl.copyright };
  return {
    ...compiled,
    product,
    version,
    licences: licenceSummary(product, copyright),
    licenceText: renderLicences(texts),
    sources,
  };
}

interface FetchedSource {
  readonly version: string;
  readonly tree: string;
  readonly sources: Readonly<Record<string, string>>;
}

/** Archives list versions they do not deliver (404), so each is asked for by name until one comes. */
async function fetchNewest(
  archive: AptArchive,
  { candidate, directory, progress, signal }: SourceBuildOptions,
): Promise<FetchedSource> {
  const { product, suite, versions } = candidate;
  const listed = await archive.sourceVersions(product);
  const usable = listed.filter((version) => versions.test(version));
  for (const [index, version] of usable.entries()) {
    progress(`fetching the source of ${product} ${version}`);
    const downloads = join(directory, `source-${index}`);
    const tree = join(downloads, "tree");
    try {
      const files = await archive.fetchSource({ name: product, version, downloads, tree });
      const hashes = files.map(
        async (file) => [file, await sha256(join(downloads, file))] as const,
      );
      return { version, tree, sources: Object.fromEntries(await Promise.all(hashes)) };
    } catch (error) {
      signal?.throwIfAborted();
      progress(`${product} ${version} cannot be had: ${firstLine(error)}`);
    }
  }
  const found = listed.join(", ") || "none";
  throw new Error(`no usable source of ${product} in Debian ${suite} (listed: ${found})`);
}

async function sha256(path: string): Promise<string> {
  return new Bun.CryptoHasher("sha256").update(await Bun.file(path).bytes()).digest("hex");
}

/** The part of an error that fits on one line of progress. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? "";
}
