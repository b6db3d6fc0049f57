import { PRESET_CLIS } from "../core/preset-clis.ts";
import type { Town } from "./town.ts";

/**
 * The CLI and the model of a new agent. `--model` names a CLI where it is one (the oldest tutorials
 * do that), else the model given to the CLI.
 */
export function chooseCli(
  { config }: Pick<Town, "config">,
  input: { readonly cli?: string | undefined; readonly model?: string | undefined },
): { readonly cli: string; readonly model: string | undefined } {
  const { model } = input;
  const known = [...PRESET_CLIS, ...Object.keys(config.agentClis)];
  const isCli = (name: string) => known.includes(name);
  if (input.cli === undefined && model !== undefined && isCli(model)) {
    return { cli: model, model: undefined };
  }
  return { cli: input.cli ?? config.defaultCli, model };
}
