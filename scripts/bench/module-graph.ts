import { join } from "node:path";
import { repoRoot } from "../lib/repo-root.ts";

/** What comes into memory with an entry point, lazy imports left out. */
export interface LoadedModules {
  /** Source files, relative to the repository. */
  readonly files: readonly string[];
  /** Modules of the runtime, e.g. `node:fs`. */
  readonly builtins: readonly string[];
}

/** Modules that cost more to load than a command that waits for the server takes. */
const SLOW_PACKAGE = /(^|\/)node_modules\/(ioredis|consola)\//;
const SLOW_BUILTINS = ["node:tls", "node:net", "node:stream", "node:crypto", "node:tty"];

/** Bundles `src/main.ts` in memory, in the chunks of the real build. */
export async function bundleGraph(): Promise<Bun.BuildMetafile> {
  const { metafile } = await Bun.build({
    entrypoints: [join(repoRoot, "src/main.ts")],
    root: repoRoot,
    target: "bun",
    format: "esm",
    splitting: true,
    metafile: true,
  });
  if (!metafile) throw new Error("The bundler wrote no metafile");
  return metafile;
}

/** The output chunks whose entry points are the given source files. */
export function chunksOf(graph: Bun.BuildMetafile, sources: readonly string[]): readonly string[] {
  return sources.map((source) => {
    const found = Object.entries(graph.outputs).find(([, { entryPoint }]) => entryPoint === source);
    if (!found) throw new Error(`"${source}" is no entry point: nothing imports it lazily`);
    return found[0];
  });
}

/** Everything that is evaluated when the given chunks are. */
export function loadedWith(graph: Bun.BuildMetafile, chunks: Iterable<string>): LoadedModules {
  const loaded = new Set(chunks);
  // A set can grow while it is walked.
  for (const chunk of loaded) {
    for (const { path, kind } of graph.outputs[chunk]?.imports ?? []) {
      if (kind !== "dynamic-import" && path in graph.outputs) loaded.add(path);
    }
  }
  const files = [...loaded].flatMap((chunk) => Object.keys(graph.outputs[chunk]?.inputs ?? {}));
  const builtins = files.flatMap((file) => builtinImports(graph, file));
  return { files: [...new Set(files)].sort(), builtins: [...new Set(builtins)].sort() };
}

function builtinImports(graph: Bun.BuildMetafile, file: string): readonly string[] {
  const imports = graph.inputs[file]?.imports ?? [];
  return imports
    .filter(({ external, kind }) => external === true && kind !== "dynamic-import")
    .map(({ path, original }) => (original ?? path).replace(/^(?!node:|bun)/, "node:"));
}

/** What a command that is run hundreds of times a day must not load. */
export function slowModules({ files, builtins }: LoadedModules): readonly string[] {
  return [
    ...files.filter((file) => SLOW_PACKAGE.test(file)),
    ...builtins.filter((name) => SLOW_BUILTINS.some((slow) => `${name}/`.startsWith(`${slow}/`))),
  ];
}
