import { resolve } from "node:path";

/** The top directory of this repository; every script works from here, whatever its caller's directory. */
export const repoRoot = resolve(import.meta.dir, "../..");
