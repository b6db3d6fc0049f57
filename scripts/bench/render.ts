import type { ExactGoal, ExactResult } from "./goal.ts";
import type { LimitResult, RatioResult } from "./run-ratio-goal.ts";
import { quantile } from "./statistics.ts";

/** The result of a ratio goal as text: ratios with their spread; times only for orientation. */
export function renderRatioResult(result: RatioResult): string {
  const { rounds, passes } = result.effort;
  return [
    `${result.id}  ${result.title}  (${rounds} rounds of ${passes} passes)`,
    ...result.limits.map(renderLimit),
    ...Object.entries(result.samples).map(([name, perRound]) => {
      const all = perRound.flat();
      const times = [0, 0.5, 0.99].map((q) => quantile(all, q).toFixed(0).padStart(7));
      return `    ${name.padEnd(34)} min ${times[0]}  p50 ${times[1]}  p99 ${times[2]} µs`;
    }),
    ...(result.ungated === undefined ? [] : [`    not judged: ${result.ungated}`]),
  ].join("\n");
}

function renderLimit(result: LimitResult): string {
  const { min, p25, median, p75, max } = result.ratio;
  const two = (value: number) => value.toFixed(2);
  const widened = result.judgedBy / result.limit;
  const slack = widened === 1 ? "" : `, judged at x${widened.toFixed(1)}`;
  return [
    `  ${verdictMark(result)} ${result.contender} / ${result.against}, ${result.statistic}:`,
    `${two(median)} (limit ${two(result.limit)}${slack})`,
    `min ${two(min)} p25 ${two(p25)} p75 ${two(p75)} max ${two(max)}, A/A ${two(result.control)}`,
  ].join(" ");
}

function verdictMark({ verdict }: LimitResult): string {
  return verdict.toUpperCase().padEnd(10);
}

export function renderExactResult(goal: ExactGoal, result: ExactResult): string {
  const met = result.violations.length === 0;
  return [
    `${goal.id}  ${goal.title}`,
    `  ${(met ? "MET" : "MISSED").padEnd(10)} ${result.violations.length} violations`,
    ...result.facts.map((fact) => `    ${fact}`),
    ...result.violations.map((violation) => `    ! ${violation}`),
  ].join("\n");
}
