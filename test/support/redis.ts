import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface TestServer {
  /** Path of its Unix socket. */
  readonly socket: string;
  readonly url: string;
}

interface RunningServer extends TestServer {
  stop(): void;
}

/** The one server of this test process: tests keep apart by the names of their towns. */
const running: { server?: Promise<RunningServer>; towns: number } = { towns: 0 };

const BUILT = resolve(
  import.meta.dir,
  `../../dist/server/${process.platform}-${process.arch}/valkey-server`,
);

/** Starts the server of this test process on first use; the preload stops it. */
export function testServer(): Promise<TestServer> {
  running.server ??= startServer();
  return running.server;
}

/** Stops the server if a test has started it. */
export async function stopTestServer(): Promise<void> {
  const { server } = running;
  delete running.server;
  await server?.then((started) => started.stop());
}

/** A town name that no other test uses. */
export function freshTownName(): string {
  running.towns += 1;
  return `t${process.pid.toString(36)}-${running.towns}`;
}

/** The one that `bun run setup` built; where it could build none, one of this machine. */
function serverBinary(): string {
  if (existsSync(BUILT)) return BUILT;
  const installed = Bun.which("valkey-server") ?? Bun.which("redis-server");
  if (installed) return installed;
  throw new Error(`There is no server at "${BUILT}" and none on PATH: run "bun run setup"`);
}

async function startServer(): Promise<RunningServer> {
  const binary = serverBinary();
  const directory = mkdtempSync(join(tmpdir(), "tt-test-"));
  const socket = join(directory, "s");
  const child = Bun.spawn(
    [
      ...[binary, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700"],
      ...["--dir", directory, "--save", "", "--appendonly", "no", "--daemonize", "no"],
    ],
    { cwd: directory, env: { LC_ALL: "C" }, stdio: ["ignore", "pipe", "ignore"] },
  );
  const stop = () => {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  };
  // Also covers a test process that ends before its hooks have run.
  process.once("exit", stop);
  child.unref();
  await untilReady(child.stdout);
  return { socket, url: `redis+unix://${socket}`, stop };
}

/** The server says so on its standard output, which is its log. */
async function untilReady(log: ReadableStream<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of log) {
    text += decoder.decode(chunk, { stream: true });
    if (/ready to accept connections/i.test(text)) return;
  }
  throw new Error(`The test server did not start: ${text.trim()}`);
}
