import type { ServerProduct } from "../../src/process/server-info.ts";

/** A source package that can become the server. */
export interface Candidate {
  readonly product: ServerProduct;
  /** Debian release that carries it; also the source of the C library. */
  readonly suite: string;
  /** Versions whose build is known to work; others are refused rather than tried. */
  readonly versions: RegExp;
}

/** In order of preference. Both are BSD-licensed and speak the same protocol. */
export const CANDIDATES: readonly Candidate[] = [
  { product: "valkey", suite: "trixie", versions: /^(\d+:)?8\.1\./ },
  { product: "redis", suite: "bookworm", versions: /^(\d+:)?7\.0\./ },
];
