import { copyFile, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { ServerProduct } from "../../src/process/server-info.ts";
import { command } from "./command.ts";

export interface CompileOptions {
  readonly product: ServerProduct;
  /** The unpacked source package. */
  readonly tree: string;
  /** The musl compiler. */
  readonly cc: string;
  /** C files linked in before libc. */
  readonly native: readonly string[];
  /** Receives the object files; its path has no spaces. */
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
}

export interface CompiledServer {
  readonly server: string;
  readonly client: string;
}

/** C files that belong into the server on this kind of machine. */
export function nativeSources(arch: string): readonly string[] {
  return arch === "x64" ? ["fastmem.c", "ttlock.c"] : ["ttlock.c"];
}

/** Builds a static server and its command-line client. The result depends on nothing but the sources. */
export async function compileServer(options: CompileOptions): Promise<CompiledServer> {
  const { product, tree, cc, directory, signal } = options;
  const objects: string[] = [];
  for (const [index, file] of options.native.entries()) {
    const source = join(directory, `native-${index}.c`);
    const object = join(directory, `native-${index}.o`);
    await copyFile(file, source);
    // Without these gcc turns the copy loops into calls of the functions they implement.
    const flags = ["-O2", "-fno-builtin", "-fno-tree-loop-distribute-patterns"];
    await command([cc, ...flags, "-c", source, "-o", object], { cwd: directory, signal });
    objects.push(object);
  }
  const src = join(tree, "src");
  const server = `${product}-server`;
  const client = `${product}-cli`;
  const allocator = await readFile(join(src, "zmalloc.c"), "utf8");
  const variables = {
    CC: cc,
    MALLOC: "jemalloc",
    BUILD_TLS: "no",
    USE_SYSTEMD: "no",
    OPTIMIZATION: "-O2",
    DEBUG: "",
    // arm64 kernels come with 4, 16 or 64 kB pages; jemalloc must assume the largest.
    JEMALLOC_CONFIGURE_OPTS: `--disable-cxx${process.arch === "arm64" ? " --with-lg-page=16" : ""}`,
    // Not CFLAGS and LDFLAGS: on make's command line they replace jemalloc's own, which then has no -O.
    REDIS_CFLAGS: `${systemJemallocGuard(allocator)}-ffunction-sections -fdata-sections`,
    REDIS_LDFLAGS: `-static -Wl,--gc-sections ${objects.join(" ")}`,
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const make = ["make", `-j${availableParallelism()}`, server, client, ...assignments];
  // The source stamps itself with the time and, inside a Git repository, with its commit.
  const env = { SOURCE_DATE_EPOCH: "0", GIT_DIR: "/dev/null" };
  await command(make, { cwd: src, env, signal });
  await command(["strip", "-s", server, client], { cwd: src, signal });
  return { server: join(src, server), client: join(src, client) };
}

/** Debian's patch tests `USE_SYSTEM_JEMALLOC == yes`, which is true when both are undefined. */
function systemJemallocGuard(source: string): string {
  return source.includes("USE_SYSTEM_JEMALLOC == yes") ? "-DUSE_SYSTEM_JEMALLOC=2 " : "";
}
