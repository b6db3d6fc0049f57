import type { ArgsSpec } from "tinytown";
import { DefinedFlow, type FlowDefinition } from "./define-flow.ts";
import { flowHelp, parseFlowArgs } from "./flow-args.ts";
import type { FlowRun } from "./flow-run.ts";
import type { ModuleHost } from "./module-host.ts";
import { TownError } from "./town-error.ts";

export interface FlowBody {
  readonly run: FlowRun;
  readonly host: ModuleHost;
  readonly argv: readonly string[];
  /** The flow's file as people type it. */
  readonly name: string;
  readonly print: (text: string) => void;
  /** Ends the flow's code as `process.exit` does. */
  readonly exit: (code: number) => never;
  /** A `defineFlow` is about to run. */
  readonly onDefinition: (definition: FlowDefinition) => void;
}

export type BodyResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

/** Runs the flow's modules and the flow its main module defines; never rejects. */
export async function runBody(body: FlowBody): Promise<BodyResult> {
  try {
    const exports = await body.host.load();
    return { ok: true, value: await finalValue(body, exports.default) };
  } catch (error) {
    return { ok: false, error };
  }
}

async function finalValue(body: FlowBody, value: unknown): Promise<unknown> {
  if (value instanceof DefinedFlow) return await runDefinition(body, value.definition);
  if (typeof value !== "function") return value;
  throw new TownError({
    code: "INVALID_ARGUMENT",
    message: "The default export is a function, which nothing calls",
    hint: "export default defineFlow({ run() { … } }), or write the flow at the top level",
  });
}

async function runDefinition(body: FlowBody, definition: FlowDefinition): Promise<unknown> {
  const args =
    definition.args === undefined ? {} : readArgs(body, definition.args, definition.description);
  body.onDefinition(definition);
  const { signal } = body.run;
  return await body.host.run(async () => definition.run({ args, signal }));
}

/** `parseArgs` of the flow API; prints the help and exits when it was asked for. */
export function readArgs(
  body: Pick<FlowBody, "argv" | "name" | "print" | "exit">,
  spec: ArgsSpec,
  description?: string | undefined,
): Readonly<Record<string, unknown>> {
  const parsed = parseFlowArgs(spec, body.argv);
  if (!parsed.help) return parsed.values;
  body.print(`${flowHelp(body.name, spec, { description })}\n`);
  return body.exit(0);
}
