import { TownError } from "./town-error.ts";

/** A flow's result as JSON; undefined for none. @throws TownError when it has no such form */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new TownError({
      code: "FLOW_FAILED",
      message: `The default export cannot be printed as JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "export plain data, or nothing",
      cause,
    });
  }
}
