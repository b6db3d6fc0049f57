interface ArgBase {
  readonly description: string;
  /** Accepted, but not in the help. */
  readonly hidden?: boolean;
}

export interface PositionalArg extends ArgBase {
  readonly type: "positional";
  /** Default true. */
  readonly required?: boolean;
  /** Takes all that remain; must be the last one. */
  readonly rest?: boolean;
}

interface FlagBase extends ArgBase {
  /** One letter. */
  readonly alias?: string;
  /** The value's name in the help; default: the flag's name. */
  readonly hint?: string;
}

export interface BooleanArg extends FlagBase {
  readonly type: "boolean";
  /** A flag that is true by default is switched off, and shown in the help, as `--no-<name>`. */
  readonly default?: boolean;
}

export interface StringArg extends FlagBase {
  readonly type: "string";
  readonly default?: string;
}

/** May be repeated. */
export interface ListArg extends FlagBase {
  readonly type: "list";
}

export interface NumberArg extends FlagBase {
  readonly type: "number";
  readonly default?: number;
  /** Whole numbers only; default true. */
  readonly integer?: boolean;
  readonly min?: number;
  readonly max?: number;
}

/** `90s`, `5m`, `1h30m`, or seconds; the value is in milliseconds. */
export interface DurationArg extends FlagBase {
  readonly type: "duration";
  readonly default?: number;
}

export interface EnumArg extends FlagBase {
  readonly type: "enum";
  readonly options: readonly string[];
  readonly default?: string;
}

export type FlagArg = BooleanArg | StringArg | ListArg | NumberArg | DurationArg | EnumArg;
export type ArgSpec = PositionalArg | FlagArg;
export type ArgSpecs = Readonly<Record<string, ArgSpec>>;

export type ArgValue<A extends ArgSpec> = A extends { type: "positional" }
  ? A extends { rest: true }
    ? readonly string[]
    : A extends { required: false }
      ? string | undefined
      : string
  : A extends { type: "boolean" }
    ? boolean
    : A extends { type: "list" }
      ? readonly string[]
      : A extends { type: "number" | "duration" }
        ? OrDefault<A, number>
        : A extends { type: "enum"; options: readonly (infer Option)[] }
          ? OrDefault<A, Option>
          : OrDefault<A, string>;

type OrDefault<A, Value> = A extends { default: string | number } ? Value : Value | undefined;

export type ArgValues<A extends ArgSpecs> = { readonly [K in keyof A]: ArgValue<A[K]> };

/** Every command has these. */
export const GLOBAL_ARGS = {
  town: { type: "string", alias: "t", hint: "PATH", description: "Town directory" },
  json: { type: "boolean", description: "Print JSON on stdout" },
  quiet: { type: "boolean", alias: "q", description: "Print only the essential" },
  verbose: { type: "boolean", alias: "v", description: "Say more, with stack traces of errors" },
  help: { type: "boolean", alias: "h", description: "Print this help" },
} as const satisfies ArgSpecs;

export interface Globals {
  /** Where to look for the town; undefined is the current directory and upwards. */
  readonly town: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
