import type { CliExit, CliProblem, CliReport, OutputParser } from "./agent-cli.ts";
import { classifyProblem, isLostSession, type ProblemEvidence, tellingLine } from "./classify.ts";

export type JsonRecord = Readonly<Record<string, unknown>>;

/** What is known of a turn so far; event readers write into it. */
export interface ReportDraft {
  text: string;
  sessionId: string | undefined;
  /** Kept as evidence until the end: the CLI may still recover. */
  failure: ProblemEvidence | undefined;
  final: boolean;
}

export type EventReader = (draft: ReportDraft, event: JsonRecord) => void;

export interface JsonOutputOptions {
  /** What an exit code alone tells, where the CLI gives codes a meaning. */
  readonly explainExit?: (code: number) => ProblemEvidence | undefined;
}

/** No event of a known CLI comes near; parsing more would only stall the host. */
const MAX_LINE_CHARS = 64 * 1024 * 1024;

/**
 * Parser of CLIs that print one JSON object per line. Lines that are not JSON objects are kept
 * (the last few) only to explain a failure; unknown events and fields are the reader's to ignore.
 */
export function jsonOutput(read: EventReader, options: JsonOutputOptions = {}): OutputParser {
  const draft: ReportDraft = { text: "", sessionId: undefined, failure: undefined, final: false };
  let lastFailure: ProblemEvidence | undefined;
  let noise: readonly string[] = [];
  return {
    line(line) {
      const event = parseJsonRecord(line);
      if (event === undefined) {
        if (line.trim() !== "") noise = [...noise.slice(-9), line.slice(0, 1_000)];
        return;
      }
      read(draft, event);
      lastFailure = draft.failure ?? lastFailure;
    },
    end(exit) {
      const isFailure = exit.code !== undefined && exit.code !== 0;
      // A failure that was taken back is still the best explanation of a bad exit code.
      const taken = isFailure ? lastFailure : undefined;
      const evidence = draft.failure ?? taken ?? exitEvidence(exit, { noise, options });
      return reportFrom({ ...draft, evidence });
    },
  };
}

interface ExitContext {
  readonly noise: readonly string[];
  readonly options: JsonOutputOptions;
}

function exitEvidence(exit: CliExit, context: ExitContext): ProblemEvidence | undefined {
  if (exit.code === undefined || exit.code === 0) return undefined;
  const told = tellingLine(exit.stderrTail) || tellingLine(context.noise.join("\n"));
  const meaning = context.options.explainExit?.(exit.code);
  const message = [`exit code ${exit.code}`, meaning?.message, told].filter(Boolean).join(": ");
  return { ...meaning, message };
}

interface ReportParts {
  readonly text: string;
  readonly sessionId: string | undefined;
  readonly final: boolean;
  readonly evidence: ProblemEvidence | undefined;
}

/** Shared by JSON and text output. */
export function reportFrom(parts: ReportParts): CliReport {
  const { text, sessionId, final, evidence } = parts;
  const problem: CliProblem | undefined =
    evidence === undefined ? undefined : classifyProblem(evidence);
  const sessionLost =
    problem !== undefined &&
    (problem.outcome === "context_exhausted" || isLostSession(evidence?.message ?? ""));
  const kept = sessionLost ? undefined : sessionId;
  return { text: text.trim(), sessionId: kept, sessionLost, problem, final };
}

/** The line's JSON object; undefined for anything else, cut lines included. */
export function parseJsonRecord(line: string): JsonRecord | undefined {
  if (line.length > MAX_LINE_CHARS || !/^\s*\{/.test(line)) return undefined;
  try {
    return asRecord(JSON.parse(line));
  } catch {
    // A cut or foreign line is normal: CLIs get killed, and their tools write to the same stream.
    return undefined;
  }
}

export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonRecord)
    : undefined;
}

/** The value at a path of keys, if every step is an object. */
export function at(event: JsonRecord, ...path: readonly string[]): unknown {
  let value: unknown = event;
  for (const key of path) {
    const record = asRecord(value);
    if (record === undefined || !Object.hasOwn(record, key)) return undefined;
    value = record[key];
  }
  return value;
}

export function textAt(event: JsonRecord, ...path: readonly string[]): string | undefined {
  const value = at(event, ...path);
  return typeof value === "string" ? value : undefined;
}

export function numberAt(event: JsonRecord, ...path: readonly string[]): number | undefined {
  const value = at(event, ...path);
  return typeof value === "number" ? value : undefined;
}
