import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ScriptError } from "../lib/run-script.ts";

export interface CompileInput {
  readonly entry: string;
  /** Directory for intermediate files, on the file system of `outfile`; removed afterwards. */
  readonly staging: string;
  readonly outfile: string;
  /** Files to embed: the name they get, and where they are. */
  readonly embed: Readonly<Record<string, string>>;
  /** Identifiers that become constants. */
  readonly define: Readonly<Record<string, string>>;
  /** Bun's name of another platform, e.g. `bun-linux-arm64`; default this machine. */
  readonly target?: string | undefined;
}

/**
 * Compiles a program into one executable and returns the bundler's metafile.
 *
 * - `splitting` makes lazy imports lazy: without it the bundler hoists the built-in modules that a
 *   lazily imported file names to the top of the program, which triples its start-up time.
 * - Bytecode needs the ESM format; source maps are embedded, so that traces name lines of `src/`.
 * - The JIT waits eight times as long, since commands end soon; what runs for long calls
 *   `Bun.unsafe.setJITPolicy(1)`.
 * - package.json and tsconfig.json are read at run time, as users' flows need `node_modules` and
 *   `paths`; .env and bunfig.toml are not, as a directory must not run code inside `tt`.
 */
export async function compile(input: CompileInput): Promise<Bun.BuildMetafile> {
  const { entry, staging, outfile } = input;
  const temporary = join(staging, "tt");
  await mkdir(staging, { recursive: true });
  try {
    const embedEntry = await writeEmbedEntry(staging, input.embed);
    const result = await Bun.build({
      entrypoints: [entry, embedEntry],
      target: "bun",
      format: "esm",
      bytecode: true,
      splitting: true,
      minify: { whitespace: true, syntax: true },
      sourcemap: "linked",
      metafile: true,
      naming: { asset: "[name].[ext]" },
      plugins: [INLINE_SCRIPTS],
      define: constants(input.define),
      compile: {
        outfile: temporary,
        autoloadPackageJson: true,
        autoloadTsconfig: true,
        autoloadDotenv: false,
        autoloadBunfig: false,
        jitPolicy: 8,
        ...(input.target !== undefined && { target: compileTarget(input.target) }),
      },
    });
    if (!result.metafile) throw new ScriptError("The bundler wrote no metafile");
    // Bun adds .exe for Windows.
    const suffix = existsSync(`${temporary}.exe`) ? ".exe" : "";
    await rename(temporary + suffix, outfile);
    return result.metafile;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** A module that imports the files under the names they shall have; nothing imports it in turn. */
async function writeEmbedEntry(staging: string, embed: CompileInput["embed"]): Promise<string> {
  const imports: string[] = [];
  for (const [name, path] of Object.entries(embed)) {
    // A directory each: names that differ in case only are one file on some systems.
    const staged = `embed/${imports.length}/${name}`;
    await Bun.write(join(staging, staged), Bun.file(path));
    imports.push(`import file${imports.length} from "./${staged}" with { type: "file" };`);
  }
  const names = imports.map((_, index) => `file${index}`);
  const entry = join(staging, "embed.ts");
  await Bun.write(entry, `${imports.join("\n")}\nexport const files = [${names}];\n`);
  return entry;
}

/** By its import attribute alone, each Lua script would be a file that is opened at start-up. */
const INLINE_SCRIPTS: Bun.BunPlugin = {
  name: "inline-scripts",
  setup(builder) {
    builder.onLoad({ filter: /\.lua$/ }, async ({ path }) => ({
      contents: `export default ${JSON.stringify(await Bun.file(path).text())};`,
      loader: "js",
    }));
  },
};

function constants(values: CompileInput["define"]): Record<string, string> {
  const quoted = Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]);
  // In CommonJS packages Bun would write in the directory of the machine that builds.
  return { ...Object.fromEntries(quoted), __dirname: "import.meta.dir" };
}

function compileTarget(target: string): Bun.Build.CompileTarget {
  if (!isCompileTarget(target)) {
    throw new ScriptError(`Unknown target "${target}": name one like "bun-linux-arm64"`);
  }
  return target;
}

function isCompileTarget(target: string): target is Bun.Build.CompileTarget {
  return /^bun-(linux|darwin|windows)-(x64|arm64)(-(musl|baseline|modern))*$/.test(target);
}
