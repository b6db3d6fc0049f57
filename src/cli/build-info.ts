declare const TT_VERSION: string | undefined;
declare const TT_COMMIT: string | undefined;

export interface BuildInfo {
  readonly version: string;
  /** Short hash of the sources, with `+` when the tree had changes. */
  readonly commit: string;
}

/** The build writes both in; they are missing when tt runs from source. */
export function buildInfo(): BuildInfo {
  return {
    version: typeof TT_VERSION === "string" ? TT_VERSION : "0.0.0-dev",
    commit: typeof TT_COMMIT === "string" ? TT_COMMIT : "unknown",
  };
}
