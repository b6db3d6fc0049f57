import { decodeServerInfo, type ServerInfo } from "./server-info.ts";

type Asset = "valkey-server.zst" | "server.json" | "LICENSES.txt";

/** What the build recorded about the server inside this executable; `undefined` from source. */
export async function embeddedServerInfo(): Promise<ServerInfo | undefined> {
  const text = await embeddedAsset("server.json")?.text();
  return text === undefined ? undefined : decodeServerInfo(text);
}

/** Licence texts of the server inside this executable; `undefined` when there is none. */
export async function embeddedLicences(): Promise<string | undefined> {
  return embeddedAsset("LICENSES.txt")?.text();
}

/** The compressed server inside this executable. */
export function embeddedServer(): Blob | undefined {
  return embeddedAsset("valkey-server.zst");
}

/** The build gives embedded files these names. */
function embeddedAsset(name: Asset): Blob | undefined {
  if (!Bun.isStandaloneExecutable) return undefined;
  return Bun.embeddedFiles.find((file) => "name" in file && file.name === name);
}
