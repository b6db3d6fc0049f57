import { sanitize } from "../util/sanitize.ts";
import { codeFrame } from "./code-frame.ts";
import { type FlowStyle, indent, tint } from "./render-style.ts";
import type { TypeProblem } from "./type-check.ts";

/** `file:line:column - message` and the line itself, for each problem. */
export function renderProblems(problems: readonly TypeProblem[], style: FlowStyle): string {
  return problems.map((problem) => renderProblem(problem, style)).join("\n");
}

function renderProblem(problem: TypeProblem, style: FlowStyle): string {
  const { line, column, length } = problem;
  const head = `${tint(style, "cyan", problem.where)} - ${sanitize(problem.message)}`;
  if (problem.lineText === "") return head;
  // Only this line is known; the frame puts empty ones around it.
  const text = "\n".repeat(line - 1) + sanitize(problem.lineText);
  const rows = codeFrame(text, { line, column, length }).split("\n").slice(-2).join("\n");
  return `${head}\n${indent(rows, "  ")}`;
}
