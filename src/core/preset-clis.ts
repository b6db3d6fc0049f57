/** CLIs that tt knows how to drive, by the name `--cli` takes. */
export const PRESET_CLIS = [
  "claude",
  "codex",
  "codex-mini",
  "gemini",
  "copilot",
  "auggie",
  "opencode",
  "cursor",
  "aider",
  "sim",
] as const;
