import { UsageError } from "./errors.ts";

const NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

/** Names with a meaning of their own; no agent may carry one. */
export const RESERVED_AGENT_NAMES: readonly string[] = ["conductor", "supervisor", "flow", "all"];

export function isConductorName(name: string): boolean {
  const lower = name.trim().toLowerCase();
  return lower === "conductor" || lower === "supervisor";
}

/** Names are compared without case, so they are kept in lower case. */
function normaliseName(kind: "agent" | "town" | "nickname", name: string): string {
  const lower = name.trim().toLowerCase();
  if (!NAME.test(lower)) {
    throw new UsageError(
      `Invalid ${kind} name "${name}"`,
      "use letters, digits, '.', '_' and '-', starting with a letter or digit, at most 64 characters",
    );
  }
  return lower;
}

export function parseAgentName(name: string): string {
  const parsed = normaliseName("agent", name);
  if (RESERVED_AGENT_NAMES.includes(parsed)) {
    throw new UsageError(`"${name}" is a reserved name`, "choose another name for the agent");
  }
  return parsed;
}

export function parseTownName(name: string): string {
  return normaliseName("town", name);
}

/** Turns any text (a directory, a branch) into a valid town name, e.g. `My App` into `my-app`. */
export function townNameFrom(text: string): string {
  const cleaned = text
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .replace(/-+$/, "")
    .slice(0, 64);
  return cleaned === "" ? "tinytown" : cleaned;
}
