import { UsageError } from "../core/errors.ts";

/** `["A=1", "B=x=y"]` as a record. */
export function parseAssignments(entries: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const entry of entries) {
    const equals = entry.indexOf("=");
    const name = entry.slice(0, Math.max(0, equals));
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new UsageError(`Flag "--env" takes NAME=VALUE, not "${entry}"`);
    }
    values[name] = entry.slice(equals + 1);
  }
  return values;
}
