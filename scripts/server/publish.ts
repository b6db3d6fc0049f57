import { chmod, copyFile, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuiltServer, NoBuiltServer } from "../../src/process/server-info.ts";
import type { SourceBuild } from "./build-from-source.ts";
import type { InstalledServer } from "./installed-server.ts";

/** Names in the output directory, whatever product was built; the build embeds some of them. */
export const SERVER_FILES = {
  server: "valkey-server",
  compressed: "valkey-server.zst",
  client: "valkey-cli",
  licences: "LICENSES.txt",
  info: "server.json",
} as const;

const STAGE = ".stage-";

interface Destination {
  readonly directory: string;
  readonly recipe: string;
}

/** Moves a build into the output directory; `server.json` comes last and makes it valid. */
export async function publishServer(
  build: SourceBuild,
  { directory, recipe }: Destination,
): Promise<BuiltServer> {
  const { product, version, licences, sources } = build;
  const raw = await Bun.file(build.server).bytes();
  const compressed = await Bun.zstdCompress(raw, { level: 22 });
  const info: BuiltServer = {
    embedded: true,
    recipe,
    product,
    version,
    arch: process.arch,
    sha256: new Bun.CryptoHasher("sha256").update(raw).digest("hex"),
    size: raw.length,
    zst: compressed.length,
    licences,
    sources,
  };
  await replaceAll(directory, async (stage) => {
    await copyFile(build.server, join(stage, SERVER_FILES.server));
    await chmod(join(stage, SERVER_FILES.server), 0o755);
    await copyFile(build.client, join(stage, SERVER_FILES.client));
    await chmod(join(stage, SERVER_FILES.client), 0o755);
    await writeFile(join(stage, SERVER_FILES.compressed), compressed);
    await writeFile(join(stage, SERVER_FILES.licences), build.licenceText);
    await writeFile(join(stage, SERVER_FILES.info), toJson(info));
  });
  return info;
}

export interface NothingOptions extends Destination {
  readonly reasons: readonly string[];
  readonly retryAt: number;
  readonly installed: InstalledServer | undefined;
}

/** Records that nothing was built and why, so that a build goes on without an embedded server. */
export async function publishNothing(options: NothingOptions): Promise<NoBuiltServer> {
  const { directory, recipe, reasons, retryAt, installed } = options;
  const info: NoBuiltServer = {
    embedded: false,
    recipe,
    arch: process.arch,
    reasons,
    retryAt,
    ...installed,
  };
  await replaceAll(directory, (stage) => writeFile(join(stage, SERVER_FILES.info), toJson(info)));
  return info;
}

/** Readers see the old files, no valid set, or the new files, but never a mixture they believe. */
async function replaceAll(directory: string, fill: (stage: string) => Promise<void>) {
  // The lock of the build is held: whatever is staged here was left by a build that was killed.
  const left = (await readdir(directory)).filter((name) => name.startsWith(STAGE));
  await Promise.all(
    left.map((name) => rm(join(directory, name), { recursive: true, force: true })),
  );
  const stage = await mkdtemp(join(directory, STAGE));
  try {
    await fill(stage);
    await rm(join(directory, SERVER_FILES.info), { force: true });
    for (const name of Object.values(SERVER_FILES)) {
      const staged = join(stage, name);
      if (await Bun.file(staged).exists()) await rename(staged, join(directory, name));
      else await rm(join(directory, name), { force: true });
    }
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

function toJson(info: BuiltServer | NoBuiltServer): string {
  return `${JSON.stringify(info, null, 2)}\n`;
}
