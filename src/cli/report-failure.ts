import { EXIT, exitCodeOf } from "./exit.ts";
import type { Io } from "./io.ts";
import { ClosedOutput } from "./output.ts";
import { renderError, renderErrorJson } from "./render/error.ts";

/** Prints an error on stderr in the form that was asked for. @returns the exit code */
export async function failureExit(
  error: unknown,
  io: Io,
  options: { readonly json: boolean; readonly verbose: boolean },
): Promise<number> {
  if (error instanceof ClosedOutput) return EXIT.ok;
  const text = options.json
    ? renderErrorJson(error)
    : renderError(error, await io.style("stderr"), { verbose: options.verbose });
  try {
    await io.err(`${text}\n`);
  } catch {
    // nobody reads stderr; the exit code still tells
  }
  return exitCodeOf(error);
}
