export interface ProbeServerOptions {
  /** How long an accepted connection may stay silent before it counts as busy. Default: 1 s. */
  readonly timeoutMs?: number;
}

/** `busy`: someone lives there but does not serve commands now (loading its data, hung, stopped). */
export type ServerState = "up" | "busy" | "down";

/** Asks whoever listens on a Unix socket for a PONG. Never rejects. */
export async function probeServer(
  socket: string,
  { timeoutMs = 1000 }: ProbeServerOptions = {},
): Promise<ServerState> {
  const { promise, resolve } = Promise.withResolvers<ServerState>();
  const timer = setTimeout(() => resolve("busy"), timeoutMs);
  try {
    // Bun's own sockets: `node:net` would cost every short command several milliseconds to load.
    const connection = await Bun.connect({
      unix: socket,
      socket: {
        open: (opened) => void opened.write("PING\r\n"),
        data: (_, bytes) => resolve(bytes.toString().startsWith("+PONG") ? "up" : "busy"),
        close: () => resolve("down"),
        error: () => resolve("down"),
      },
    });
    const state = await promise;
    connection.terminate();
    return state;
  } catch (error) {
    return isBacklogFull(error) ? "busy" : "down";
  } finally {
    clearTimeout(timer);
  }
}

function isBacklogFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
