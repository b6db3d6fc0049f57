import { mkdir, writeFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { readEnvironment } from "../config/env.ts";
import { UsageError } from "../core/errors.ts";
import { nearest } from "../util/nearest.ts";
import { displayPath } from "./display-path.ts";
import { flowTemplates } from "./templates.ts";

export interface WrittenTemplate {
  readonly template: string;
  /** Absolute. */
  readonly file: string;
  /** As the caller would type it. */
  readonly path: string;
}

export const DEFAULT_TEMPLATE = "sequential";

/** Writes a template as a new file. @throws UsageError for an unknown template or a file that exists */
export async function writeTemplate(
  name: string,
  template: string = DEFAULT_TEMPLATE,
): Promise<WrittenTemplate> {
  const templates = flowTemplates();
  const found = templates.find((one) => one.name === template);
  if (found === undefined) {
    const similar = nearest(
      template,
      templates.map((one) => one.name),
    );
    throw new UsageError(
      `Unknown template "${template}"`,
      `${similar === undefined ? "" : `did you mean ${similar}? `}tt new flow --list shows all`,
    );
  }
  const { cwd } = readEnvironment();
  const file = resolve(cwd, extname(name) === "" ? `${name}.ts` : name);
  const path = displayPath(file, cwd);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, found.text, { flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    throw new UsageError(
      `Cannot write "${path}": the file exists`,
      "choose another name, or remove the file",
    );
  }
  return { template, file, path };
}
