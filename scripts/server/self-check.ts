import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { command } from "./command.ts";

/** A few commands that exercise what tt needs, with a pattern for each answer. */
const QUESTIONS: readonly (readonly [question: string, answer: RegExp])[] = [
  ["PING", /^\+PONG/],
  ['EVAL "return cjson.encode({1,2})..#KEYS" 1 k', /\[1,2\]1/],
  ["XADD stream 1-1 field value", /1-1/],
  ["BLMPOP 0.01 1 list LEFT", /^\*-1/],
];

/** Proves that the program is static and works, before anyone embeds it. Throws when it does not. */
export async function checkServer(
  executable: string,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const headers = await command(["readelf", "-l", executable], { cwd: directory, signal });
  if (headers.includes("INTERP")) throw new Error("the server that was built is not static");
  const server = Bun.spawn(
    [executable, "--port", "0", "--unixsocket", "s", "--appendonly", "yes", "--save", ""],
    { cwd: directory, env: {}, stdio: ["ignore", "pipe", "ignore"] },
  );
  try {
    await readUntil(server.stdout, /ready to accept connections/i);
    for (const [question, answer] of QUESTIONS) {
      const reply = await ask(join(directory, "s"), question);
      if (!answer.test(reply)) throw new Error(`the server answers "${question}" with "${reply}"`);
    }
  } finally {
    server.kill();
    await server.exited;
  }
}

async function readUntil(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (pattern.test(text)) return;
  }
  throw new Error(`the server that was built does not start: ${text.trim().slice(-300)}`);
}

async function ask(socket: string, question: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  await Bun.connect({
    unix: socket,
    socket: {
      open: (connection) => void connection.write(`${question}\r\n`),
      data: (connection, bytes) => {
        resolve(bytes.toString().trim());
        connection.end();
      },
      close: () => reject(new Error(`the server closed the connection on "${question}"`)),
      error: (_, error) => reject(error),
    },
  });
  return promise;
}
