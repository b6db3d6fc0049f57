import { join } from "node:path";
import { embeddedLicences } from "../process/embedded-server.ts";
import { sourceRoot } from "../process/self.ts";

export interface LicencePart {
  readonly name: string;
  readonly text: string;
}

/** The texts of everything inside the executable; from source, of what the build has collected. */
export async function readLicences(): Promise<LicencePart[]> {
  const texts: readonly (readonly [string, string | undefined])[] = [
    ["npm packages and Bun", await packageLicences()],
    ["Redis-compatible server", await serverLicences()],
  ];
  return texts.flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }]));
}

async function packageLicences(): Promise<string | undefined> {
  const embedded = Bun.embeddedFiles.find((file) => "name" in file && file.name === "licenses.txt");
  return embedded === undefined ? await fromSource("dist/licenses.txt") : await embedded.text();
}

async function serverLicences(): Promise<string | undefined> {
  const target = `${process.platform}-${process.arch}`;
  return (await embeddedLicences()) ?? (await fromSource(`dist/server/${target}/LICENSES.txt`));
}

async function fromSource(path: string): Promise<string | undefined> {
  const root = sourceRoot();
  if (root === undefined) return undefined;
  const file = Bun.file(join(root, path));
  return (await file.exists()) ? await file.text() : undefined;
}
