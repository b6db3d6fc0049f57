import { type ArgsDef, parseArgs } from "citty";
import { UsageError } from "../core/errors.ts";
import type { Town } from "../services/town.ts";
import { type ArgSpecs, type ArgValues, GLOBAL_ARGS, type Globals } from "./args.ts";
import { checkPositionals, convertArgs, type ParsedValues } from "./convert-args.ts";
import type { Io } from "./io.ts";
import { perform } from "./perform.ts";
import { renderHelp } from "./render/help.ts";
import type { Style } from "./render/style.ts";
import { failureExit } from "./report-failure.ts";
import { type ScannedArgs, scanArgs } from "./scan-args.ts";

export interface RunContext<A extends ArgSpecs> {
  readonly args: ArgValues<A>;
  /** With `passthrough`: everything after the first positional, untouched. */
  readonly rest: readonly string[];
  /** Aborted by Ctrl-C and SIGTERM if the command is `interruptible`; otherwise never. */
  readonly signal: AbortSignal;
  readonly globals: Globals;
  readonly io: Io;
  /** Progress for people: a line on stderr, dropped by `--quiet` and `--json`. */
  readonly notify: (line: string) => Promise<void>;
}

export interface TownContext<A extends ArgSpecs> extends RunContext<A> {
  /** Closed when the command has printed its result. */
  readonly town: Town;
}

export interface CommandMeta {
  /** The words after `tt`, e.g. `task show`. */
  readonly name: string;
  /** One line, without a period. */
  readonly description: string;
  /** Paragraphs below the description. */
  readonly details?: string;
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** Works, but is not in the lists of commands. */
  readonly hidden?: boolean;
  /** What follows the first positional goes to `rest` and is not read as flags. */
  readonly passthrough?: boolean;
}

interface SpecBase<A extends ArgSpecs, T> extends CommandMeta {
  readonly args?: A;
  /**
   * The command has something to clean up: Ctrl-C, SIGTERM and SIGHUP abort `signal`, and when
   * `run` has settled, tt dies of the signal. Without it a signal ends the process at once.
   */
  readonly interruptible?: boolean | ((args: ArgValues<A>) => boolean);
  /** Groups of flags of which only one may be given. */
  readonly exclusive?: readonly (readonly string[])[];
  /** Where text for people goes; default stdout. JSON goes to stdout in any case. */
  readonly humanOutput?: "stdout" | "stderr";
  /** Pure. A value's text gets a line feed if it has none; a stream's text is printed as it is. */
  readonly render: (value: T, style: Style, args: ArgValues<A>) => string;
  /** With `--quiet`; default `render`. Ids or nothing, for scripts. */
  readonly quiet?: (value: T) => string;
  /** Exit code of a result (of a stream: of its last item); default 0. */
  readonly exitCode?: (value: T) => number;
}

/** Runs without a town. A value is one JSON document with `--json`, a stream a line per item. */
export interface PlainSpec<A extends ArgSpecs, T> extends SpecBase<A, T> {
  readonly needs: "nothing";
  readonly run: (context: RunContext<A>) => Promise<T> | AsyncIterable<T>;
}

/** Runs in the town of `--town` or the nearest one upwards. */
export interface TownSpec<A extends ArgSpecs, T> extends SpecBase<A, T> {
  readonly needs: "town";
  /** The command blocks for long: use connections that reconnect. */
  readonly longLived?: boolean | ((args: ArgValues<A>) => boolean);
  readonly run: (context: TownContext<A>) => Promise<T> | AsyncIterable<T>;
}

export type CommandSpec<A extends ArgSpecs, T> = PlainSpec<A, T> | TownSpec<A, T>;

export interface Command {
  readonly meta: CommandMeta;
  /** With the global ones. */
  readonly args: ArgSpecs;
  /** Runs it and prints its result or error; never rejects. @returns the exit code */
  readonly execute: (argv: readonly string[], io: Io) => Promise<number>;
}

/**
 * Declares a command: adds the global flags, reads the command line strictly, opens what it
 * needs, prints what `run` returns and closes everything again.
 */
export function command<const A extends ArgSpecs, T>(spec: CommandSpec<A, T>): Command {
  const args: ArgSpecs = { ...spec.args, ...GLOBAL_ARGS };
  const own: ArgSpecs = spec.args ?? {};

  const execute = async (argv: readonly string[], io: Io): Promise<number> => {
    let output = { json: argv.includes("--json"), verbose: false };
    try {
      const scanned = scanArgs(argv, args, { passthrough: spec.passthrough ?? false });
      const parsed = parseWithCitty(args, scanned);
      const globals = convertArgs(GLOBAL_ARGS, parsed, scanned);
      output = globals;
      if (globals.help) {
        await io.out(`${renderHelp({ meta: spec, args }, await io.style("stdout"))}\n`);
        return 0;
      }
      checkPositionals(own, scanned, spec.passthrough ?? false);
      checkExclusive(spec.exclusive ?? [], parsed);
      const values = convertArgs(own, parsed, scanned) as ArgValues<A>; // `own` is `spec.args`
      return await perform(spec, { args: values, rest: scanned.rest, globals, io });
    } catch (error) {
      return await failureExit(withHelpHint(error, spec.name), io, output);
    }
  };
  return { meta: spec, args, execute };
}

/** citty knows strings and booleans; lists, numbers and strictness are ours. */
function parseWithCitty(specs: ArgSpecs, scanned: ScannedArgs): ParsedValues {
  const definition: ArgsDef = {};
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.type === "positional" || spec.type === "list") continue;
    definition[name] = { type: spec.type === "boolean" ? "boolean" : "string" };
  }
  return parseArgs([...scanned.argv], definition);
}

function checkExclusive(groups: readonly (readonly string[])[], parsed: ParsedValues): void {
  for (const group of groups) {
    const given = group.filter((name) => parsed[name] !== undefined && parsed[name] !== false);
    if (given.length > 1) {
      const flags = given.map((name) => `"--${name}"`).join(" and ");
      throw new UsageError(`Flags ${flags} exclude each other`, "give only one of them");
    }
  }
}

function withHelpHint(error: unknown, name: string): unknown {
  if (!(error instanceof UsageError) || error.hint !== undefined) return error;
  return new UsageError(error.message, `tt help ${name}`);
}
