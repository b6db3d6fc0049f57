import { lastLogLines } from "../services/logs.ts";
import { type CallSite, pickUserFrame, userFrames } from "./call-site.ts";
import { codeFrame } from "./code-frame.ts";
import type { FlowFailure, FlowReason } from "./flow-events.ts";
import type { FlowRun } from "./flow-run.ts";
import type { FlowSource } from "./flow-source.ts";
import { TownError } from "./town-error.ts";

const OUTPUT_LINES = 5;

/** What is needed to tell people about an error. */
export interface FailureContext {
  readonly run: FlowRun;
  readonly source: FlowSource;
}

export interface FailureKind {
  readonly reason: FlowReason;
  readonly exitCode: number;
}

/** How a flow that ended with this error has ended. */
export function classifyFailure(error: unknown, { run }: Pick<FailureContext, "run">): FailureKind {
  if (error instanceof TownError) return { reason: reasonOf(error), exitCode: exitCodeOf(error) };
  if (isLoadError(error)) return { reason: "check_failed", exitCode: 3 };
  if (run.isBug(error)) return { reason: "internal", exitCode: 70 };
  return { reason: "flow_failed", exitCode: 1 };
}

/** A call the flow's own code cancelled, and nobody caught, is a failure and no interrupt. */
function exitCodeOf(error: TownError): number {
  return error.code === "ABORTED" ? 1 : error.exitCode;
}

function reasonOf(error: TownError): FlowReason {
  switch (error.code) {
    case "TASK_FAILED":
    case "TASK_CANCELLED":
    case "AGENT_FAILED":
    case "AGENT_STOPPED":
      return "task_failed";
    case "TOWN_UNAVAILABLE":
    case "CLI_NOT_FOUND":
      return "town_unavailable";
    case "TIMEOUT":
      return "timeout";
    case "DEADLOCK":
      return "deadlock";
    case "INVALID_ARGUMENT":
      return error.exitCode === 2 ? "usage" : "flow_failed";
    default:
      return "flow_failed";
  }
}

/** Bun's errors about a module that cannot be loaded; a check before finds most of them. */
function isLoadError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "BuildMessage" || error.name === "ResolveMessage") return true;
  return error.name === "SyntaxError" && userFrames(error.stack).length === 0;
}

export async function describeFailure(
  error: unknown,
  context: FailureContext,
): Promise<FlowFailure> {
  const site = siteOf(error);
  const base = {
    message: messageOf(error),
    where: site && `${context.run.displayPath(site.file)}:${site.line}:${site.column}`,
    codeFrame: site && (await frameOf(site, context)),
  };
  if (!(error instanceof TownError)) {
    return { ...base, hint: hintOf(error, context), stack: stackOf(error, context) };
  }
  const { agent, task } = error;
  const output =
    agent === undefined ? [] : await lastLogLines(context.run.town, agent, OUTPUT_LINES);
  return {
    ...base,
    code: error.code,
    agent,
    task: task && { id: task.id, description: task.description },
    output,
    hint: error.hint,
  };
}

function siteOf(error: unknown): CallSite | undefined {
  if (error instanceof TownError) return TownError.site(error);
  if (!(error instanceof Error)) return undefined;
  if ("position" in error) return positionSite(error.position);
  return pickUserFrame(userFrames(error.stack));
}

/** Of a BuildMessage. */
function positionSite(position: unknown): CallSite | undefined {
  if (typeof position !== "object" || position === null) return undefined;
  const { file, line, column } = { file: "", line: 0, column: 1, ...position };
  return file === "" || line === 0 ? undefined : { file, line, column };
}

async function frameOf(site: CallSite, { source }: FailureContext): Promise<string | undefined> {
  const known = site.file === source.module && source.isVirtual;
  const text = known ? source.text : await readText(site.file);
  return text === undefined ? undefined : codeFrame(text, site);
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await Bun.file(file).text();
  } catch {
    return undefined; // deleted since it was loaded, or generated
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `thrown value ${inspect(error)}`;
  const isPlain = error instanceof TownError || error.name === "Error" || isLoadError(error);
  const own = isPlain ? error.message : `${error.name}: ${error.message}`;
  const parts = [own === "" ? error.name : own];
  if (error instanceof TownError) {
    for (const other of error.errors?.slice(1) ?? []) parts.push(`also: ${other.message}`);
  } else if (error instanceof AggregateError) {
    for (const one of error.errors) parts.push(`one of several: ${messageOf(one)}`);
  } else if (error.cause !== undefined) {
    parts.push(`caused by: ${messageOf(error.cause)}`);
  }
  return parts.join("\n");
}

function inspect(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : Bun.inspect(value);
}

function stackOf(error: unknown, { run }: FailureContext): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (run.isBug(error)) return error.stack;
  // The first is shown with its source.
  const frames = userFrames(error.stack).slice(1, 10);
  if (frames.length === 0) return undefined;
  return frames.map((f) => `at ${run.displayPath(f.file)}:${f.line}:${f.column}`).join("\n");
}

function hintOf(error: unknown, { run }: FailureContext): string | undefined {
  if (run.isBug(error)) {
    return "this is a bug in tt; please report it with the lines above and `tt version`";
  }
  const missing =
    error instanceof Error && /Cannot find (?:package|module) '([^']+)'/.exec(error.message);
  const name = missing ? (missing[1] ?? "") : "";
  if (/^(https?|npm|jsr):/.test(name)) {
    return "flows import files and installed packages; install it with npm and import it by its name";
  }
  if (name !== "" && !/^[./]/.test(name))
    return `install it where the flow is: npm install ${name}`;
  return undefined;
}
