/** Sends one command without quoting to a server and returns its first reply as it came. */
export async function askServer(socket: string, command: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const connection = await Bun.connect({
    unix: socket,
    socket: {
      data: (_, bytes) => resolve(bytes.toString().trim()),
      close: () => reject(new Error(`connection closed on "${command}"`)),
      error: (_, error) => reject(error),
    },
  });
  connection.write(`${command}\r\n`);
  try {
    return await promise;
  } finally {
    connection.terminate();
  }
}
