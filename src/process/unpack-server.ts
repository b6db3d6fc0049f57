import { constants } from "node:fs";
import { access, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UnavailableError } from "../core/errors.ts";
import { isOwn, isSafeParent } from "./own-path.ts";
import type { BuiltServer } from "./server-info.ts";

export interface UnpackServerOptions {
  /**
   * Places to unpack to, best first: the next is tried where one is read-only, forbids programs or
   * is not this user's alone.
   */
  readonly directories: readonly string[];
  readonly info: BuiltServer;
  readonly compressed: Blob;
}

const HOUR_MS = 3_600_000;

/** Unpacks the server once for all towns of a user and returns its path; later calls only look. */
export async function unpackServer(options: UnpackServerOptions): Promise<string> {
  const { directories, info, compressed } = options;
  const name = `${info.product}-server-${info.sha256.slice(0, 16)}`;
  for (const directory of directories) {
    const path = join(directory, name);
    if (await isUsable(path, info)) return path;
  }
  const raw = await Bun.zstdDecompress(await compressed.bytes());
  const problems: unknown[] = [];
  for (const directory of directories) {
    try {
      return await install(raw, directory, name);
    } catch (error) {
      problems.push(error);
    }
  }
  throw new UnavailableError({
    code: "E_REDIS_MISSING",
    message: `Cannot unpack the server to ${directories.map((path) => `"${path}"`).join(" or ")}`,
    hint: "set TT_REDIS_SERVER to a redis-server or valkey-server, or free one of these directories",
    cause: new AggregateError(problems),
  });
}

/** A file gets its name when complete; size and hash also tell one that somebody has changed since. */
async function isUsable(path: string, { size, sha256 }: BuiltServer): Promise<boolean> {
  if (!isOwnPlace(dirname(path)) || !isOwn(path, "file")) return false;
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== size || !(await isExecutable(path))) return false;
  const hash = new Bun.CryptoHasher("sha256").update(await Bun.file(path).bytes());
  return hash.digest("hex") === sha256;
}

function isOwnPlace(directory: string): boolean {
  return isOwn(directory, "directory") && isSafeParent(dirname(directory));
}

/** Also false on a file system mounted with `noexec`. */
async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function install(raw: Uint8Array, directory: string, name: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!isOwnPlace(directory)) {
    throw new Error(`"${directory}" belongs to somebody else, or others may write to it`);
  }
  await sweep(directory);
  const path = join(directory, name);
  const temporary = `${path}.${process.pid}-${crypto.randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx", 0o700);
    try {
      await file.writeFile(raw);
      await file.chmod(0o700); // the umask may have taken bits
      await file.sync();
    } finally {
      await file.close();
    }
    if (!(await isExecutable(temporary))) throw new Error(`"${directory}" forbids programs`);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return path;
}

/** Removes what killed processes have left half written. */
async function sweep(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith(".tmp")) continue;
    const path = join(directory, name);
    const left = await stat(path).catch(() => undefined); // another process may sweep too
    if (left && Date.now() - left.mtimeMs > HOUR_MS) await rm(path, { force: true });
  }
}
