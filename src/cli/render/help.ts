import { type ArgSpecs, type FlagArg, GLOBAL_ARGS, type PositionalArg } from "../args.ts";
import type { CommandMeta } from "../command.ts";
import { paint, type Style } from "./style.ts";

/** `tt help <command>`. */
export function renderHelp(
  { meta, args }: { readonly meta: CommandMeta; readonly args: ArgSpecs },
  style: Style,
): string {
  const shown = Object.entries(args).filter(([, spec]) => spec.hidden !== true);
  const positionals: Row[] = [];
  const flags: Row[] = [];
  const common: Row[] = [];
  for (const [name, spec] of shown) {
    if (spec.type === "positional") {
      positionals.push([positionalName(name, spec), spec.description]);
    } else {
      const row: Row = [flagSyntax(name, spec), flagText(spec)];
      (name in GLOBAL_ARGS ? common : flags).push(row);
    }
  }
  const sections = [
    `${meta.description}.`,
    ...(meta.details === undefined ? [] : [meta.details]),
    section("Usage", `  ${usageLine(meta, args)}`, style),
    rowSection("Arguments", positionals, style),
    rowSection("Options", flags, style),
    rowSection("Common options", common, style),
    section("Examples", meta.examples.map((line) => `  ${line}`).join("\n"), style),
  ];
  return sections.filter((text) => text !== "").join("\n\n");
}

/** `tt help` and `tt help <group>`. */
export function renderCommandList(
  list: {
    readonly intro: string;
    readonly usage: string;
    readonly commands: readonly { readonly name: string; readonly description: string }[];
  },
  style: Style,
): string {
  const rows = list.commands.map(({ name, description }): Row => [name, description]);
  const flags = Object.entries(GLOBAL_ARGS).map(
    ([name, spec]): Row => [flagSyntax(name, spec), spec.description],
  );
  return [
    list.intro,
    section("Usage", `  ${list.usage}`, style),
    rowSection("Commands", rows, style),
    rowSection("Common options", flags, style),
    "`tt help <command>` tells more about one of them, `tt --version` prints the version.",
  ].join("\n\n");
}

function usageLine(meta: CommandMeta, args: ArgSpecs): string {
  const words = Object.entries(args).flatMap(([name, spec]) => {
    if (spec.type !== "positional" || spec.hidden === true) return [];
    const shown = positionalName(name, spec);
    return [spec.required === false || spec.rest === true ? `[${shown}]` : `<${shown}>`];
  });
  if (meta.passthrough === true) words.push("[ARGS...]");
  return ["tt", meta.name, "[options]", ...words].join(" ");
}

function positionalName(name: string, spec: PositionalArg): string {
  return name.toUpperCase() + (spec.rest === true ? "..." : "");
}

/** `-c, --cli CLI`; the alias column is kept free when there is none. */
function flagSyntax(name: string, spec: FlagArg): string {
  const alias = spec.alias === undefined ? "    " : `-${spec.alias}, `;
  const long = spec.type === "boolean" && spec.default === true ? `--no-${name}` : `--${name}`;
  const hint = spec.hint ?? (spec.type === "duration" ? "TIME" : name.toUpperCase());
  return spec.type === "boolean" ? `${alias}${long}` : `${alias}${long} ${hint}`;
}

function flagText(spec: FlagArg): string {
  const notes: string[] = [];
  if (spec.type === "enum") notes.push(`one of ${spec.options.join(", ")}`);
  if (spec.type === "list") notes.push("may be repeated");
  if (spec.type !== "boolean" && "default" in spec) notes.push(`default ${spec.default}`);
  return notes.length === 0 ? spec.description : `${spec.description} (${notes.join("; ")})`;
}

type Row = readonly [left: string, right: string];

function rowSection(title: string, rows: readonly Row[], style: Style): string {
  if (rows.length === 0) return "";
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  return section(title, lines.join("\n"), style);
}

function section(title: string, body: string, style: Style): string {
  return `${paint(style, "bold", title)}\n${body}`;
}
