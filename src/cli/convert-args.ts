import { UsageError } from "../core/errors.ts";
import { parseDuration } from "../util/duration.ts";
import { unreachable } from "../util/unreachable.ts";
import type { ArgSpecs, ArgValues, FlagArg, NumberArg } from "./args.ts";
import type { ScannedArgs } from "./scan-args.ts";

/** What citty read: strings and booleans by flag name. */
export type ParsedValues = Readonly<Record<string, unknown>>;

/** Turns what was typed into the declared types; errors name the flag and what it takes. */
export function convertArgs<A extends ArgSpecs>(
  specs: A,
  parsed: ParsedValues,
  scanned: ScannedArgs,
): ArgValues<A> {
  const values: Record<string, unknown> = {};
  let position = 0;
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.type === "list") {
      values[name] = scanned.lists[name] ?? [];
    } else if (spec.type !== "positional") {
      values[name] = convertFlag(name, spec, parsed[name]);
    } else if (spec.rest === true) {
      values[name] = scanned.positionals.slice(position);
    } else {
      values[name] = scanned.positionals[position++];
    }
  }
  return values as ArgValues<A>; // the loop above is the definition of ArgValue
}

/** Checked before anything is converted, so that `tt assign` alone says what is missing. */
export function checkPositionals(
  specs: ArgSpecs,
  scanned: ScannedArgs,
  passthrough: boolean,
): void {
  const declared = Object.entries(specs).filter(([, spec]) => spec.type === "positional");
  const given = scanned.positionals;
  declared.forEach(([name, spec], index) => {
    const required = spec.type === "positional" && spec.required !== false && spec.rest !== true;
    if (required && given[index] === undefined) {
      throw new UsageError(`Missing argument ${name.toUpperCase()}`);
    }
  });
  const takesAll = passthrough || declared.some(([, s]) => s.type === "positional" && s.rest);
  const extra = given[declared.length];
  if (!takesAll && extra !== undefined) {
    throw new UsageError(
      `Unexpected argument "${extra}"`,
      declared.length === 0 ? undefined : "put quotes around text of several words",
    );
  }
}

function convertFlag(name: string, spec: FlagArg, value: unknown): unknown {
  if (spec.type === "boolean")
    return value === undefined ? (spec.default ?? false) : value === true;
  if (typeof value !== "string") return spec.type === "list" ? [] : spec.default;
  switch (spec.type) {
    case "string":
    case "list":
      return value;
    case "number":
      return convertNumber(name, spec, value);
    case "duration": {
      const milliseconds = parseDuration(value);
      if (milliseconds !== undefined) return milliseconds;
      throw new UsageError(
        `Flag "--${name}" takes a duration, not "${value}"`,
        "write 90s, 5m or 1h30m; a bare number is seconds",
      );
    }
    case "enum":
      if (spec.options.includes(value)) return value;
      throw new UsageError(
        `Flag "--${name}" does not know "${value}"`,
        `choose one of: ${spec.options.join(", ")}`,
      );
    default:
      return unreachable(spec);
  }
}

function convertNumber(name: string, spec: NumberArg, value: string): number {
  const number = value.trim() === "" ? Number.NaN : Number(value);
  const whole = spec.integer ?? true;
  if (!Number.isFinite(number) || (whole && !Number.isInteger(number))) {
    const kind = whole ? "a whole number" : "a number";
    throw new UsageError(`Flag "--${name}" takes ${kind}, not "${value}"`);
  }
  if (spec.min !== undefined && number < spec.min) {
    throw new UsageError(`Flag "--${name}" must be at least ${spec.min}, not ${value}`);
  }
  if (spec.max !== undefined && number > spec.max) {
    throw new UsageError(`Flag "--${name}" must be at most ${spec.max}, not ${value}`);
  }
  return number;
}
