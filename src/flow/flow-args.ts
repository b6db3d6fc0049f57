import type { ArgSpec, ArgsSpec } from "tinytown";
import { nearest } from "../util/nearest.ts";
import { TownError } from "./town-error.ts";

type LooseValue = string | number | boolean;

/** `args` of the flow API: what was typed, without a declaration to read it by. */
export function looseArgs(
  argv: readonly string[],
): Readonly<Record<string, LooseValue>> & { readonly _: readonly string[] } {
  const values: Record<string, LooseValue> = {};
  const positionals: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const token = argv[at] ?? "";
    if (token === "--") {
      positionals.push(...argv.slice(at + 1));
      break;
    }
    const flag = readFlag(token);
    if (flag === undefined) {
      positionals.push(token);
    } else if (flag.value !== undefined) {
      values[flag.name] = scalar(flag.value);
    } else if (flag.name.startsWith("no-")) {
      values[flag.name.slice("no-".length)] = false;
    } else {
      const next = argv[at + 1];
      const hasValue = next !== undefined && readFlag(next) === undefined && next !== "--";
      values[flag.name] = hasValue ? scalar(next) : true;
      if (hasValue) at++;
    }
  }
  return Object.freeze(Object.assign(values, { _: Object.freeze(positionals) }));
}

/** A number only when it reads back the same: `007` and ids of many digits stay text. */
function scalar(text: string): string | number {
  const number = Number(text);
  return text !== "" && String(number) === text ? number : text;
}

interface TypedFlag {
  readonly name: string;
  readonly value: string | undefined;
}

function readFlag(token: string): TypedFlag | undefined {
  const match = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(token);
  return match?.[1] === undefined ? undefined : { name: match[1], value: match[2] };
}

export type ParsedArgs =
  | { readonly help: true }
  | { readonly help: false; readonly values: Readonly<Record<string, unknown>> };

/** Reads argv by a declaration. @throws TownError INVALID_ARGUMENT with exit code 2 */
export function parseFlowArgs(spec: ArgsSpec, argv: readonly string[]): ParsedArgs {
  const typed: Record<string, string[]> = {};
  const positionals: string[] = [];
  const note = (name: string, value: string): void => {
    typed[name] = [...(typed[name] ?? []), value];
  };
  for (let at = 0; at < argv.length; at++) {
    const token = argv[at] ?? "";
    if (token === "--") {
      positionals.push(...argv.slice(at + 1));
      break;
    }
    const flag = readFlag(token);
    if (flag === undefined) {
      positionals.push(token);
      continue;
    }
    if (wantsHelp(flag, spec)) return { help: true };
    const negated = flag.name.startsWith("no-") && spec[flag.name] === undefined;
    const name = negated ? flag.name.slice("no-".length) : flag.name;
    const declared = spec[name];
    if (declared === undefined) throw unknownFlag(token, spec);
    if (declared.type === "boolean") note(name, negated ? "false" : (flag.value ?? "true"));
    else note(name, flag.value ?? argv[++at] ?? missingValue(name));
  }
  placePositionals(spec, positionals, note);
  const values = Object.entries(spec).map(([name, arg]) => [name, value(name, arg, typed[name])]);
  return { help: false, values: Object.fromEntries(values) };
}

function wantsHelp(flag: TypedFlag, spec: ArgsSpec): boolean {
  return (flag.name === "help" || flag.name === "h") && spec[flag.name] === undefined;
}

function placePositionals(
  spec: ArgsSpec,
  words: readonly string[],
  note: (name: string, value: string) => void,
): void {
  const left = [...words];
  for (const [name, arg] of Object.entries(spec)) {
    if (arg.positional !== true) continue;
    const taken = arg.type === "list" ? left.splice(0) : left.splice(0, 1);
    for (const word of taken) note(name, word);
  }
  const [extra] = left;
  if (extra !== undefined) throw usage(`Unexpected argument "${extra}"`);
}

function value(name: string, arg: ArgSpec, typed: readonly string[] | undefined): unknown {
  const label = arg.positional === true ? name.toUpperCase() : `--${name}`;
  if (typed === undefined) {
    if (arg.default !== undefined) return arg.default;
    if (arg.required === true) throw usage(`Missing ${label}`);
    return arg.type === "list" ? [] : undefined;
  }
  for (const word of typed) {
    if (arg.choices !== undefined && !arg.choices.includes(word)) {
      throw usage(`Invalid ${label} "${word}": use one of ${arg.choices.join(", ")}`);
    }
  }
  const last = typed.at(-1) ?? "";
  switch (arg.type) {
    case "list":
      return typed;
    case "boolean":
      return last !== "false";
    case "number":
      return numeric(label, last);
    case "string":
      return last;
  }
}

function numeric(label: string, text: string): number {
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number)) {
    throw usage(`Invalid ${label} "${text}": not a number`);
  }
  return number;
}

/** What `tt run flow.ts --help` prints. */
export function flowHelp(
  file: string,
  spec: ArgsSpec,
  about: { readonly description?: string | undefined } = {},
): string {
  const entries = Object.entries(spec);
  const positionals = entries.filter(([, arg]) => arg.positional === true);
  const flags = entries.filter(([, arg]) => arg.positional !== true);
  const words = positionals.map(([name, arg]) => {
    const word = arg.type === "list" ? `${name.toUpperCase()}…` : name.toUpperCase();
    return arg.required === true ? word : `[${word}]`;
  });
  const rows = [
    ...positionals.map(([name, arg]) => row(name.toUpperCase(), arg)),
    ...flags.map(([name, arg]) =>
      row(`--${name}${arg.type === "boolean" ? "" : ` <${arg.type}>`}`, arg),
    ),
  ];
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return [
    ...(about.description === undefined ? [] : [about.description, ""]),
    `Usage: ${["tt run", file, ...words, ...(flags.length > 0 ? ["[flags]"] : [])].join(" ")}`,
    ...(rows.length > 0 ? [""] : []),
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()),
  ].join("\n");
}

function row(left: string, arg: ArgSpec): [string, string] {
  const notes = [
    ...(arg.choices === undefined ? [] : [arg.choices.join(" | ")]),
    ...(arg.required === true ? ["required"] : []),
    ...(arg.default === undefined ? [] : [`default ${JSON.stringify(arg.default)}`]),
  ];
  const tail = notes.length > 0 ? ` (${notes.join("; ")})` : "";
  return [left, `${arg.description ?? ""}${tail}`.trim()];
}

function missingValue(name: string): never {
  throw usage(`Flag --${name} needs a value`);
}

function unknownFlag(token: string, spec: ArgsSpec): TownError {
  const typed = token.split("=", 1)[0] ?? token;
  const similar = nearest(
    typed,
    Object.keys(spec).map((name) => `--${name}`),
  );
  return usage(
    `Unknown flag "${typed}"${similar === undefined ? "" : `; did you mean ${similar}?`}`,
  );
}

function usage(message: string): TownError {
  return new TownError({
    code: "INVALID_ARGUMENT",
    message,
    exitCode: 2,
    hint: "tt run FILE --help lists the arguments of the flow",
  });
}
