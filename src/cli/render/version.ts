import type { Versions } from "../versions.ts";

export function renderVersions({ version, commit, bun, platform, server }: Versions): string {
  return [
    `tt ${version} (${commit})`,
    `bun ${bun}`,
    `platform ${platform}`,
    server.embedded
      ? `server ${server.product} ${server.version}, inside tt`
      : `server none inside tt: ${server.reason}`,
  ].join("\n");
}
