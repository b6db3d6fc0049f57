import { stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { NotFoundError, UsageError } from "../core/errors.ts";

/** A flow's main file as it is run and as people know it. */
export interface FlowSource {
  /** Absolute path, or `<cwd>/[stdin].ts`. */
  readonly file: string;
  /** What is imported: the file, or a name that stands for its text. */
  readonly module: string;
  readonly text: string;
  /** The module is no file: its text is handed over. */
  readonly isVirtual: boolean;
}

export interface OpenSourceOptions {
  readonly cwd: string;
  readonly stdin: () => Promise<string>;
}

const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];
const STDIN = "[stdin].ts";

/** @param script a path, or `-` for standard input */
export async function openFlowSource(
  script: string,
  options: OpenSourceOptions,
): Promise<FlowSource> {
  if (script === "-") {
    const file = join(options.cwd, STDIN);
    return { file, module: file, text: await options.stdin(), isVirtual: true };
  }
  const file = resolve(options.cwd, script);
  await assertFile(file, script);
  const text = await Bun.file(file).text();
  const extension = extname(file);
  if (EXTENSIONS.includes(extension)) return { file, module: file, text, isVirtual: false };
  if (extension !== "" && !text.startsWith("#!")) {
    throw new UsageError(
      `Cannot run "${script}": not a TypeScript or JavaScript file`,
      `flows end in ${EXTENSIONS.slice(0, 4).join(", ")}, or start with #!/usr/bin/env -S tt run`,
    );
  }
  // Bun reads a file without extension as TSX, where `<T>value` is no type assertion.
  const module = join(dirname(file), `[${basename(file)}].ts`);
  return { file, module, text, isVirtual: true };
}

async function assertFile(file: string, script: string): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  if (info === undefined) {
    throw new NotFoundError({
      code: "E_FILE_NOT_FOUND",
      message: `Cannot run "${script}": no such file`,
      hint: `tt new flow ${basename(script, extname(script)) || "my-flow"} writes one from a template`,
    });
  }
  if (info.isDirectory()) {
    throw new UsageError(`Cannot run "${script}": it is a directory`, "name a file in it");
  }
}
