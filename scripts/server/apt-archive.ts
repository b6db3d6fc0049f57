import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CommandOptions, command } from "./command.ts";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

export interface AptArchiveOptions {
  /** Holds apt's lists and cache; nothing outside it is changed, no root is needed. */
  readonly directory: string;
  /** Debian release, such as `trixie`; its security updates are included where there is a mirror. */
  readonly suite: string;
  /** Base of the Debian archive; default: the mirror this machine is configured for. */
  readonly mirror?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One Debian release, read with apt's own tools and signature checks, beside the machine's set-up. */
export interface AptArchive {
  /** Versions of a source package, newest first. The archive may fail to deliver any of them. */
  sourceVersions(name: string): Promise<readonly string[]>;
  /** Downloads and unpacks a source package; returns the names of its files. */
  fetchSource(source: SourceRequest): Promise<readonly string[]>;
  /** Downloads a binary package into a directory; returns the path of the `.deb`. */
  fetchPackage(name: string, directory: string): Promise<string>;
}

export interface SourceRequest {
  readonly name: string;
  readonly version: string;
  /** Receives the package's files. */
  readonly downloads: string;
  /** Is created and receives the unpacked, patched source. */
  readonly tree: string;
}

export async function openAptArchive(options: AptArchiveOptions): Promise<AptArchive> {
  const { directory, signal } = options;
  const run: CommandOptions = { cwd: directory, signal };
  for (const part of ["lists/partial", "cache/archives/partial"]) {
    await mkdir(join(directory, part), { recursive: true });
  }
  const lines = sourceLines(options.suite, await findMirrors(options));
  await writeFile(join(directory, "sources.list"), `${lines.join("\n")}\n`);
  await writeFile(join(directory, "status"), "");
  const settings = aptSettings(directory);
  // One suite that is unreachable fails the update as a whole, but the others' lists are usable.
  const problem = await command(["apt-get", ...settings, "update"], run).then(
    () => undefined,
    (error: unknown) => error,
  );
  signal?.throwIfAborted();

  return {
    async sourceVersions(name) {
      const text = await command(["apt-cache", ...settings, "showsrc", name], run).catch(() => "");
      const versions = new Set(
        [...text.matchAll(/^Version: (.+)$/gm)].map((match) => match[1] ?? ""),
      );
      if (versions.size === 0 && problem) throw problem;
      return [...versions].sort(byDebianVersion);
    },
    async fetchSource({ name, version, downloads, tree }) {
      await mkdir(downloads, { recursive: true });
      const options = { cwd: downloads, signal };
      const wanted = ["source", "--only-source", "--download-only", `${name}=${version}`];
      await command(["apt-get", ...settings, ...wanted], options);
      const files = await readdir(downloads);
      const description = files.find((file) => file.endsWith(".dsc"));
      if (!description) throw new Error(`source package "${name}" has no description file`);
      // apt has verified the files against the signed index; dpkg-source needs no keyring.
      await command(["dpkg-source", "--no-check", "--no-copy", "-x", description, tree], options);
      return files;
    },
    async fetchPackage(name, into) {
      await mkdir(into, { recursive: true });
      await command(["apt-get", ...settings, "download", name], { cwd: into, signal });
      const file = (await readdir(into)).find((entry) => entry.endsWith(".deb"));
      if (!file) throw new Error(`package "${name}" was not delivered`);
      return join(into, file);
    },
  };
}

interface Mirrors {
  readonly main: string;
  readonly security: string | undefined;
}

/** The archive this machine installs from; no host name is written in this project. */
async function findMirrors({ directory, mirror, signal }: AptArchiveOptions): Promise<Mirrors> {
  if (mirror) return { main: mirror, security: undefined };
  const query = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"];
  const text = await command(["apt-get", ...query], { cwd: directory, signal });
  const uris = text.split("\n");
  // Either an address that ends in /debian/ or, on cloud images, a list of mirrors in a file.
  const main = uris.find((uri) => /\/debian(\.list)?\/?$/.test(uri));
  if (!main) throw new Error("no Debian mirror is configured on this machine");
  return { main, security: uris.find((uri) => /\/debian-security(\.list)?\/?$/.test(uri)) };
}

function sourceLines(suite: string, { main, security }: Mirrors): string[] {
  const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : "";
  const lines = [`deb ${signed}${main} ${suite} main`, `deb-src ${signed}${main} ${suite} main`];
  if (security) lines.push(`deb-src ${signed}${security} ${suite}-security main`);
  return lines;
}

function aptSettings(directory: string): string[] {
  const settings = {
    "Dir::Etc::SourceList": join(directory, "sources.list"),
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::State::Lists": join(directory, "lists"),
    // An empty status: what is installed here must not decide which version is downloaded.
    "Dir::State::Status": join(directory, "status"),
    "Dir::Cache": join(directory, "cache"),
    "Acquire::Languages": "none",
    // Otherwise apt reports an archive it cannot reach as a success with warnings.
    "APT::Update::Error-Mode": "any",
    "Acquire::Retries": "2",
    "Acquire::http::Timeout": "20",
    "Acquire::https::Timeout": "20",
    // Root's apt would download as another user, who may not write to this directory.
    "APT::Sandbox::User": "",
  };
  return ["-q", ...Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`])];
}

/** Newest first. Natural order is Debian's order for versions that differ only in their numbers. */
function byDebianVersion(a: string, b: string): number {
  return b.localeCompare(a, "en", { numeric: true });
}
