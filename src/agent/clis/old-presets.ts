/**
 * tinytown 0.10 wrote its presets into every town's configuration. Most of them no longer work or
 * hide what the CLI reports, so an entry that still has exactly that text means today's preset.
 */
const OLD_PRESET_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  claude: ["claude --print --dangerously-skip-permissions"],
  auggie: ["auggie --print"],
  codex: ["codex exec --dangerously-bypass-approvals-and-sandbox"],
  "codex-mini": [
    'codex exec --dangerously-bypass-approvals-and-sandbox -m gpt-5.4-mini -c model_reasoning_effort="medium"',
  ],
  aider: ["aider --yes --no-auto-commits --message"],
  gemini: ["gemini"],
  copilot: ["gh copilot"],
  cursor: ["cursor"],
};

export function isOldPresetCommand(name: string, command: string): boolean {
  return (
    Object.hasOwn(OLD_PRESET_COMMANDS, name) &&
    OLD_PRESET_COMMANDS[name]?.includes(command.trim()) === true
  );
}
