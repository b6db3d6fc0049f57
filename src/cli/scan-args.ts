import { UsageError } from "../core/errors.ts";
import { nearest } from "../util/nearest.ts";
import type { ArgSpecs, FlagArg } from "./args.ts";

export interface ScannedArgs {
  /** Equivalent argv without ambiguity: `--flag`, `--no-flag`, `--flag=value`, `--`, positionals. */
  readonly argv: readonly string[];
  readonly positionals: readonly string[];
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** With `passthrough`: everything after the first positional, untouched. */
  readonly rest: readonly string[];
}

interface Flag {
  readonly name: string;
  readonly spec: FlagArg;
}

/**
 * Reads argv strictly: citty's parser takes unknown flags, keeps only the last of a repeated one
 * and turns a missing value into an empty string.
 */
export function scanArgs(
  argv: readonly string[],
  specs: ArgSpecs,
  options: { readonly passthrough?: boolean } = {},
): ScannedArgs {
  const flags = flagTable(specs);
  const seen: string[] = [];
  const positionals: string[] = [];
  const lists: Record<string, string[]> = {};
  let rest: readonly string[] = [];
  let index = 0;
  let onlyPositionals = false;

  const store = (flag: Flag, typed: string, attached: string | undefined): void => {
    if (flag.spec.type === "boolean") {
      seen.push(booleanFlag(flag.name, typed, attached));
      return;
    }
    const value = attached ?? argv[index++];
    if (value === undefined || (attached === undefined && isKnownFlag(value, flags))) {
      throw new UsageError(`Flag "${typed}" needs a value`, `write ${typed}=<value>`);
    }
    if (flag.spec.type === "list") {
      lists[flag.name] = [...(lists[flag.name] ?? []), value];
    } else {
      seen.push(`--${flag.name}=${value}`);
    }
  };

  while (index < argv.length) {
    const token = argv[index++] ?? "";
    if (!onlyPositionals && token === "--") {
      onlyPositionals = true;
    } else if (onlyPositionals || !looksLikeFlag(token)) {
      positionals.push(token);
      if (options.passthrough === true) {
        rest = argv.slice(index);
        break;
      }
    } else {
      for (const found of matchFlags(token, flags)) store(found.flag, found.typed, found.attached);
    }
  }
  return { argv: [...seen, "--", ...positionals], positionals, lists, rest };
}

/** `-`, numbers and text with blanks that happens to start with a dash are not flags. */
function looksLikeFlag(token: string): boolean {
  if (token === "-" || !token.startsWith("-")) return false;
  const name = token.split("=", 1)[0] ?? token;
  return !/\s/.test(name) && !/^-\d/.test(name);
}

type FlagTable = ReadonlyMap<string, Flag>;

/** By everything that may be typed: `--name`, `--no-name`, `-n`. */
function flagTable(specs: ArgSpecs): FlagTable {
  const table = new Map<string, Flag>();
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.type === "positional") continue;
    table.set(`--${name}`, { name, spec });
    if (spec.type === "boolean") table.set(`--no-${name}`, { name, spec });
    if (spec.alias !== undefined) table.set(`-${spec.alias}`, { name, spec });
  }
  return table;
}

interface FlagMatch {
  readonly flag: Flag;
  readonly typed: string;
  readonly attached: string | undefined;
}

function matchFlags(token: string, flags: FlagTable): FlagMatch[] {
  if (!token.startsWith("--")) return matchShortFlags(token, flags);
  const equals = token.indexOf("=");
  const typed = equals === -1 ? token : token.slice(0, equals);
  const attached = equals === -1 ? undefined : token.slice(equals + 1);
  const flag = flags.get(typed);
  if (flag === undefined) throw unknownFlag(typed, flags);
  return [{ flag, typed, attached }];
}

/** `-qv` is `-q -v`; `-n5` and `-n=5` are `-n 5`. */
function matchShortFlags(token: string, flags: FlagTable): FlagMatch[] {
  const matches: FlagMatch[] = [];
  for (let at = 1; at < token.length; at++) {
    const typed = `-${token[at]}`;
    const flag = flags.get(typed);
    if (flag === undefined) throw unknownFlag(at === 1 ? token : typed, flags);
    if (flag.spec.type === "boolean") {
      matches.push({ flag, typed, attached: undefined });
      continue;
    }
    const attached = token.slice(at + 1).replace(/^=/, "");
    matches.push({ flag, typed, attached: attached === "" ? undefined : attached });
    break;
  }
  return matches;
}

function isKnownFlag(token: string, flags: FlagTable): boolean {
  return flags.has(token.split("=", 1)[0] ?? token);
}

function booleanFlag(name: string, typed: string, attached: string | undefined): string {
  const negated = typed.startsWith("--no-") && typed !== `--${name}`;
  if (attached !== undefined && attached !== "true" && attached !== "false") {
    throw new UsageError(`Flag "${typed}" takes no value`, `write ${typed} alone`);
  }
  return negated === (attached === "false") ? `--${name}` : `--no-${name}`;
}

function unknownFlag(typed: string, flags: FlagTable): UsageError {
  const visible = [...flags].filter(([, flag]) => flag.spec.hidden !== true).map(([key]) => key);
  const similar = nearest(typed, visible);
  const text = `put "--" before text that starts with a dash`;
  return new UsageError(
    `Unknown flag "${typed}"`,
    similar === undefined ? text : `did you mean ${similar}? Otherwise ${text}`,
  );
}
