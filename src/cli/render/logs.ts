import { relayed } from "../../util/relayed.ts";
import { sanitize } from "../../util/sanitize.ts";
import type { Style } from "./style.ts";

/**
 * Files and pipes get what the CLI printed as it is, a terminal the text of it; what a CI runner
 * reads is the text behind a bar, so that no line of it is a command to the runner.
 */
export function renderLogLine(line: string, style: Style): string {
  if (style.runner === true) return `${relayed(line)}\n`;
  return `${style.width === undefined ? line : sanitize(line)}\n`;
}
