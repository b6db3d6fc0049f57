export type ServerProduct = "valkey" | "redis";

/** One part of the server with the short name of its licence; the texts are in `LICENSES.txt`. */
export interface ServerLicence {
  readonly component: string;
  readonly licence: string;
}

/** A server built from source, ready to be embedded. */
export interface BuiltServer {
  readonly embedded: true;
  /** Hash of everything that decides the result; equal recipe = nothing to build. */
  readonly recipe: string;
  readonly product: ServerProduct;
  /** Version of the Debian source package. */
  readonly version: string;
  readonly arch: string;
  /** Of the executable, hexadecimal. */
  readonly sha256: string;
  /** Bytes of the executable. */
  readonly size: number;
  /** Bytes of the compressed executable. */
  readonly zst: number;
  readonly licences: readonly ServerLicence[];
  /** SHA-256 by name of each file of the source package. */
  readonly sources: Readonly<Record<string, string>>;
}

/** No server could be built: tt looks for one on PATH when it needs it. */
export interface NoBuiltServer {
  readonly embedded: false;
  readonly recipe: string;
  readonly arch: string;
  /** The server that was on PATH of the building machine, if any. */
  readonly product?: ServerProduct;
  readonly version?: string;
  /** Why nothing was built, one sentence per attempt. */
  readonly reasons: readonly string[];
  /** Milliseconds since 1970; a build before this time does not try again. */
  readonly retryAt: number;
}

export type ServerInfo = BuiltServer | NoBuiltServer;

/** Reads a `server.json`; `undefined` when it is not one (damaged, of another shape). */
export function decodeServerInfo(json: string): ServerInfo | undefined {
  let value: Partial<ServerInfo> | null;
  try {
    value = JSON.parse(json) as Partial<ServerInfo> | null;
  } catch {
    return undefined; // the caller treats a damaged file like a missing one
  }
  if (typeof value?.recipe !== "string" || typeof value.arch !== "string") return undefined;
  if (value.embedded === false && typeof value.retryAt === "number") return value as NoBuiltServer;
  if (value.embedded === true && typeof value.sha256 === "string") return value as BuiltServer;
  return undefined;
}
