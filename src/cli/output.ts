/** The reader of our output went away (`tt list | head -1`): a reason to end, not a failure. */
export class ClosedOutput extends Error {
  override readonly name = "ClosedOutput";
}

/** The output could not be written, e.g. because the disk is full. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/**
 * One write per call, complete when it resolves. Bun.write is the cheapest way out of a compiled
 * binary (process.stdout costs 7 ms), and unlike console.log it neither loses data on a
 * non-blocking pipe nor hides a full disk.
 */
export async function writeOutput(stream: "stdout" | "stderr", text: string): Promise<void> {
  if (text === "") return; // Bun.write would truncate a file the shell redirected to
  try {
    await Bun.write(stream === "stdout" ? Bun.stdout : Bun.stderr, text);
  } catch (error) {
    if (isClosed(error)) throw new ClosedOutput("output was closed", { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    throw new OutputError(`Cannot write to ${stream}: ${reason}`, { cause: error });
  }
}

function isClosed(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && (error.code === "EPIPE" || error.code === "EBADF")
  );
}
