import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { defaultTownName } from "../config/git-name.ts";
import { townPaths } from "../config/paths.ts";
import { townTemplate } from "../config/town-template.ts";
import { ConflictError } from "../core/errors.ts";
import { parseTownName } from "../core/names.ts";

export interface InitResult {
  readonly name: string;
  readonly root: string;
  /** Paths that were made or changed, relative to the root. */
  readonly created: readonly string[];
}

/**
 * Makes a directory a town. Nothing is written unless all of it can be; an existing town is left as
 * it is.
 * @throws ConflictError E_TOWN_EXISTS, UsageError (bad name)
 */
export async function initTown(options: {
  readonly dir: string;
  /** Default: `<repository>-<branch>`, else the directory's name. */
  readonly name?: string | undefined;
}): Promise<InitResult> {
  const root = resolve(options.dir);
  const paths = townPaths(root);
  const name = options.name === undefined ? defaultTownName(root) : parseTownName(options.name);
  if (existsSync(paths.configFile)) throw townExists(root);
  await mkdir(paths.logs, { recursive: true, mode: 0o700 });
  try {
    await writeFile(paths.configFile, townTemplate(name), { flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw townExists(root);
    throw error;
  }
  const ignored = await ignoreState(root);
  return { name, root, created: ["tinytown.toml", ".tt/", ...(ignored ? [".gitignore"] : [])] };
}

function townExists(root: string): ConflictError {
  return new ConflictError({
    code: "E_TOWN_EXISTS",
    message: `"${root}" is a town already`,
    hint: "edit its tinytown.toml, or remove that file to start over",
  });
}

/** @returns whether a line was added */
async function ignoreState(root: string): Promise<boolean> {
  const file = join(root, ".gitignore");
  const text = existsSync(file) ? await readFile(file, "utf8") : "";
  if (text.split("\n").some((line) => /^\/?\.tt\/?$/.test(line.trim()))) return false;
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  await writeFile(file, `${text}${separator}# state of the town (tt)\n.tt/\n`);
  return true;
}
