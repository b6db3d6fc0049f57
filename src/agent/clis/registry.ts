import type { AgentCliConfig } from "../../config/town-config.ts";
import { ConfigError, UsageError } from "../../core/errors.ts";
import { nearest } from "../../util/nearest.ts";
import { splitCommand } from "../../util/split-command.ts";
import type { AgentCli } from "./agent-cli.ts";
import { aider } from "./aider.ts";
import { auggie } from "./auggie.ts";
import { claude } from "./claude.ts";
import { agentCliFrom, type CliSpec } from "./cli-spec.ts";
import { codex, codexMini } from "./codex.ts";
import { copilot } from "./copilot.ts";
import { cursor } from "./cursor.ts";
import { customCli } from "./custom.ts";
import { gemini } from "./gemini.ts";
import { isOldPresetCommand } from "./old-presets.ts";
import { opencode } from "./opencode.ts";
import { simCli } from "./sim-cli.ts";

/** `[agent_clis]` of the configuration: name to entry. */
export type CliConfigs = Readonly<Record<string, AgentCliConfig>>;

export interface ResolveOptions {
  /** Replaces every reference (`TT_CLI`). */
  readonly override?: string | undefined;
}

const PRESETS: ReadonlyMap<string, () => CliSpec> = new Map(
  [claude, codex, codexMini, gemini, copilot, auggie, opencode, cursor, aider]
    .map((spec) => [spec.name, () => spec] as const)
    .concat([["sim", simCli] as const]),
);

/** Every name that `--cli` accepts, presets first. */
export function knownCliNames(config: CliConfigs): string[] {
  return [...new Set([...PRESETS.keys(), ...Object.keys(config)])];
}

/**
 * The adapter for a reference: an `[agent_clis]` entry, a preset, or a literal command line (prompt
 * on standard input, plain text back).
 * @throws UsageError for an empty or unreadable command line
 * @throws ConfigError for an entry that extends something unknown or itself in a circle
 */
export function resolveCli(
  reference: string,
  config: CliConfigs,
  options: ResolveOptions = {},
): AgentCli {
  const override = options.override?.trim() ?? "";
  const name = override === "" ? reference.trim() : override;
  const spec = specByName(name, config, []);
  return agentCliFrom(spec ?? customCli(name, literalArgv(name)));
}

function specByName(
  name: string,
  config: CliConfigs,
  trail: readonly string[],
): CliSpec | undefined {
  const entry = Object.hasOwn(config, name) ? config[name] : undefined;
  // An entry named like a preset refines that preset, so inside it the name means the preset.
  if (entry === undefined || trail.includes(name)) return PRESETS.get(name)?.();
  return specFromEntry(name, entry, { config, trail });
}

interface EntryContext {
  readonly config: CliConfigs;
  readonly trail: readonly string[];
}

function specFromEntry(name: string, entry: AgentCliConfig, context: EntryContext): CliSpec {
  const command = entry.command?.trim() ?? "";
  const standsForPreset = command === "" || isOldPresetCommand(name, command);
  const base = entry.extends ?? (standsForPreset && PRESETS.has(name) ? name : undefined);
  if (base === undefined) {
    if (command === "") {
      throw badEntry(name, 'has neither "command" nor "extends"', 'add command = "…"');
    }
    return refine(customCli(name, entryArgv(name, command)), name, entry);
  }
  const spec = specByName(base, context.config, [...context.trail, name]);
  if (spec === undefined) {
    const circle = [...context.trail, name].includes(base);
    const problem = circle ? `extends itself by "${base}"` : `extends the unknown CLI "${base}"`;
    const known = knownCliNames(context.config).filter((other) => other !== name);
    const meant = nearest(base, known);
    const hint = meant === undefined ? `known are ${known.join(", ")}` : `did you mean "${meant}"?`;
    throw badEntry(name, problem, hint);
  }
  const replaces = command !== "" && !standsForPreset;
  return refine(replaces ? { ...spec, command: entryArgv(name, command) } : spec, name, entry);
}

function refine(spec: CliSpec, name: string, entry: AgentCliConfig): CliSpec {
  return {
    ...spec,
    name,
    env: { ...spec.env, ...entry.env },
    model: entry.model ?? spec.model,
  };
}

function entryArgv(name: string, command: string): readonly string[] {
  const split = splitCommand(command);
  if (!split.ok) {
    throw badEntry(name, `has a command that cannot be read: ${split.problem}`, "close the quote");
  }
  if (split.argv[0] === undefined || split.argv[0] === "") {
    throw badEntry(name, "has an empty command", 'add command = "…"');
  }
  return split.argv;
}

function literalArgv(line: string): readonly string[] {
  const split = splitCommand(line);
  if (!split.ok) {
    throw new UsageError(`Cannot read the agent CLI command "${line}": ${split.problem}`);
  }
  if (split.argv[0] === undefined || split.argv[0] === "") {
    throw new UsageError(
      "The name of the agent CLI is empty",
      "pass --cli NAME, e.g. --cli claude",
    );
  }
  return split.argv;
}

function badEntry(name: string, problem: string, hint: string): ConfigError {
  const file = "tinytown.toml";
  return new ConfigError({ file }, `[agent_clis.${name}] ${problem}`, hint);
}
