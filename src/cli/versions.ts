import { embeddedServerInfo } from "../process/embedded-server.ts";
import { buildInfo } from "./build-info.ts";

export interface Versions {
  readonly version: string;
  readonly commit: string;
  readonly bun: string;
  readonly platform: string;
  readonly server:
    | { readonly embedded: true; readonly product: string; readonly version: string }
    | { readonly embedded: false; readonly reason: string };
}

export async function readVersions(): Promise<Versions> {
  const platform = `${process.platform}-${process.arch}`;
  return { ...buildInfo(), bun: Bun.version, platform, server: await serverVersion() };
}

async function serverVersion(): Promise<Versions["server"]> {
  const info = await embeddedServerInfo();
  if (info?.embedded) return { embedded: true, product: info.product, version: info.version };
  const reason = info?.reasons.join("; ") ?? "tt runs from its sources";
  return { embedded: false, reason: `${reason}; one on PATH or an external one is used` };
}
