import { TinytownError } from "../../core/errors.ts";
import { relayed, relayedAfterLabel } from "../../util/relayed.ts";
import { OutputError } from "../output.ts";
import { paint, type Style } from "./style.ts";

const REPORT = "this is a bug in tt; please report it with the lines above and `tt version`";

/** `error: <message>` and `hint: <what to type next>`; for a bug the stack and where to report. */
export function renderError(error: unknown, style: Style, options: { verbose: boolean }): string {
  const label = paint(style, "red", "error:");
  if (error instanceof OutputError) return `${label} ${error.message}`;
  if (!(error instanceof TinytownError)) {
    return `${label} ${relayedAfterLabel(describeBug(error))}\n${hintLine(REPORT, style)}`;
  }
  const lines = [`${label} ${relayedAfterLabel(error.message)}`];
  if (options.verbose) lines.push(relayed(describeBug(error)));
  if (error.hint !== undefined) lines.push(hintLine(relayedAfterLabel(error.hint), style));
  return lines.join("\n");
}

/** One line of JSON: the form of errors with `--json`. */
export function renderErrorJson(error: unknown): string {
  return JSON.stringify({ error: errorJson(error) });
}

function errorJson(error: unknown): Readonly<Record<string, string | undefined>> {
  if (error instanceof TinytownError) {
    return { code: error.code, message: error.message, hint: error.hint };
  }
  if (error instanceof OutputError) return { code: "E_OUTPUT", message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { code: "E_INTERNAL", message, hint: REPORT, stack: describeBug(error) };
}

function hintLine(hint: string, style: Style): string {
  return `${paint(style, "cyan", "hint:")} ${hint}`;
}

/** The stack with those of its causes. */
function describeBug(error: unknown): string {
  if (!(error instanceof Error)) return `thrown value ${String(error)}`;
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\ncaused by: ${describeBug(error.cause)}`;
}
