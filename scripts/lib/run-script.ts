/** A failure the reader can act on: printed as one message, without a stack. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

/** Runs a script's `main` and turns its outcome into the exit code of the process. */
export async function runScript(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof ScriptError ? `error: ${error.message}` : error);
    process.exitCode = 1;
  }
}
