import { join } from "node:path";
import { UnavailableError } from "../core/errors.ts";
import { embeddedServer, embeddedServerInfo } from "./embedded-server.ts";
import { sourceRoot } from "./self.ts";
import { unpackServer } from "./unpack-server.ts";

export interface ServerBinaryOptions {
  /** The user's choice (`[redis] server`, `TT_REDIS_SERVER`): a path or a name on PATH. */
  readonly explicit?: string | undefined;
  /** Where the embedded server may be unpacked, best first, such as `~/.tt/bin`. */
  readonly directories: readonly string[];
  /** Search path for programs; default: this process's. */
  readonly path?: string | undefined;
  /** Root of the source tree with the build output; default: this program's, if it runs from source. */
  readonly root?: string | undefined;
}

export interface ServerBinary {
  readonly path: string;
  /** `build`: the build output beside the sources, when tt runs from them. */
  readonly origin: "explicit" | "embedded" | "build" | "path";
}

/** Commands and formats tt relies on exist from this major version on, in both families. */
const OLDEST_MAJOR = 7;

/**
 * Finds the server program: the user's choice, else the one inside this executable, else the build
 * output, else PATH. Throws `UnavailableError` when there is none or the one on PATH is too old.
 */
export async function resolveServerBinary(options: ServerBinaryOptions): Promise<ServerBinary> {
  const { explicit, directories } = options;
  if (explicit !== undefined) return { path: findExplicit(explicit, options), origin: "explicit" };
  const info = await embeddedServerInfo();
  const compressed = embeddedServer();
  if (info?.embedded && compressed) {
    return { path: await unpackServer({ directories, info, compressed }), origin: "embedded" };
  }
  const built = await findBuildOutput(options.root ?? sourceRoot());
  if (built) return { path: built, origin: "build" };
  return { path: findOnPath(options), origin: "path" };
}

function findExplicit(name: string, options: ServerBinaryOptions): string {
  const path = which(name, options);
  if (path) return path;
  throw new UnavailableError({
    code: "E_REDIS_MISSING",
    message: `Cannot start the server: "${name}" is not a program`,
    hint: "correct [redis] server in tinytown.toml or TT_REDIS_SERVER",
  });
}

async function findBuildOutput(root: string | undefined): Promise<string | undefined> {
  if (!root) return undefined;
  const target = `${process.platform}-${process.arch}`;
  const path = join(root, "dist", "server", target, "valkey-server");
  return (await Bun.file(path).exists()) ? path : undefined;
}

function findOnPath(options: ServerBinaryOptions): string {
  const path = which("valkey-server", options) ?? which("redis-server", options);
  if (!path) {
    throw new UnavailableError({
      code: "E_REDIS_MISSING",
      message: "Cannot start the server: this tt has none inside and none is on PATH",
      hint: "install redis-server (7.0 or newer) or set TINYTOWN_REDIS_URL to a running one",
    });
  }
  const version = /\bv=((\d+)\S*)/.exec(readVersion(path));
  if (version && Number(version[2]) < OLDEST_MAJOR) {
    throw new UnavailableError({
      code: "E_REDIS_TOO_OLD",
      message: `Cannot start the server: "${path}" is version ${version[1]}`,
      hint: `install version ${OLDEST_MAJOR}.0 or newer, or set TT_REDIS_SERVER to another program`,
    });
  }
  return path;
}

function which(name: string, { path }: ServerBinaryOptions): string | undefined {
  return Bun.which(name, path === undefined ? undefined : { PATH: path }) ?? undefined;
}

function readVersion(path: string): string {
  return Bun.spawnSync([path, "--version"]).stdout.toString();
}
