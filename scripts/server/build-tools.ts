import { command } from "./command.ts";
import type { Progress } from "./progress.ts";

/** Programs a build needs, with the Debian package that holds each. */
const TOOLS = {
  "dpkg-source": "dpkg-dev",
  xz: "xz-utils",
  make: "make",
  gcc: "gcc",
  strip: "binutils",
  readelf: "binutils",
} as const;

export interface BuildToolsOptions {
  readonly cwd: string;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** Makes sure the compiler and Debian's source tools are there; as root installs what is missing. */
export async function ensureBuildTools(options: BuildToolsOptions): Promise<void> {
  const { cwd, progress, signal } = options;
  for (const tool of ["apt-get", "dpkg-deb"]) {
    if (!Bun.which(tool)) throw new Error(`this is not a Debian system ("${tool}" is missing)`);
  }
  const packages = missingPackages();
  if (packages.length === 0) return;
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...packages];
  if (process.getuid?.() !== 0) {
    throw new Error(`programs are missing; type: sudo ${install.join(" ")}`);
  }
  progress(`installing ${packages.join(", ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await command(["apt-get", "update"], { cwd, env, signal });
  await command(install, { cwd, env, signal });
}

function missingPackages(): string[] {
  const missing = Object.entries(TOOLS).filter(([tool]) => !Bun.which(tool));
  return [...new Set(missing.map(([, name]) => name))];
}
