import { NotFoundError, UsageError } from "../core/errors.ts";
import type { Io } from "./io.ts";

interface TextSource {
  /** What was typed; `-` stands for standard input. */
  readonly text: string | undefined;
  readonly file: string | undefined;
  /** The argument's name in messages. */
  readonly name: string;
}

/** The text of a task or message: typed, from standard input or from a file. */
export async function readText({ text, file, name }: TextSource, io: Io): Promise<string> {
  if (text !== undefined && file !== undefined) {
    throw new UsageError(`Both a ${name} and "--file" were given`, "give only one of them");
  }
  if (text === undefined && file === undefined) {
    throw new UsageError(`Missing argument ${name.toUpperCase()}`);
  }
  const found = file !== undefined ? await readFile(file) : text === "-" ? await io.stdin() : text;
  if (found === undefined || found.trim() === "") {
    throw new UsageError(
      `The ${name} is empty`,
      "put the text in quotes, or - to read it from stdin",
    );
  }
  return found;
}

async function readFile(path: string): Promise<string> {
  try {
    return await Bun.file(path).text();
  } catch (cause) {
    throw new NotFoundError({
      code: "E_FILE_NOT_FOUND",
      message: `Cannot read "${path}"`,
      hint: cause instanceof Error ? cause.message : undefined,
      cause,
    });
  }
}
