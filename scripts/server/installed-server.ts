import type { ServerProduct } from "../../src/process/server-info.ts";
import { command } from "./command.ts";

export interface InstalledServer {
  readonly product: ServerProduct;
  readonly version: string;
}

/** The server on this machine's PATH, if there is one. */
export async function findInstalledServer(cwd: string): Promise<InstalledServer | undefined> {
  for (const product of ["valkey", "redis"] as const) {
    const path = Bun.which(`${product}-server`);
    if (!path) continue;
    const text = await command([path, "--version"], { cwd }).catch(() => "");
    const version = /\bv=(\S+)/.exec(text)?.[1];
    if (version) return { product, version };
  }
  return undefined;
}
