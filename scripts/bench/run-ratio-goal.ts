import type { BenchContext, Contender, Effort, Limit, RatioGoal, Statistic } from "./goal.ts";
import { type Random, type Summary, shuffled, statisticOf, summarize } from "./statistics.ts";

/** `noisy`: the base differed from itself by more than 10 %, so the machine proves nothing. */
export type Verdict = "met" | "missed" | "noisy" | "not judged";

export interface LimitResult extends Limit {
  readonly against: string;
  /** The limit with its slack. */
  readonly judgedBy: number;
  /** Of the ratio, which is taken once per round. */
  readonly ratio: Summary;
  /** Median ratio of the base to itself, by the same statistic. */
  readonly control: number;
  readonly verdict: Verdict;
}

export interface RatioResult {
  readonly kind: "ratio";
  readonly id: string;
  readonly title: string;
  readonly effort: Effort;
  readonly limits: readonly LimitResult[];
  readonly ungated?: string;
  /** Every time in µs, by contender and round. */
  readonly samples: Readonly<Record<string, readonly (readonly number[])[]>>;
}

export interface RunOptions {
  readonly context: BenchContext;
  readonly random: Random;
  /** Factor on every limit, for machines that are shared with other work. */
  readonly slack: number;
}

type Samples = Readonly<Record<string, number[][]>>;

/** Measures all contenders of a goal in turns and judges its limits. */
export async function runRatioGoal(goal: RatioGoal, options: RunOptions): Promise<RatioResult> {
  const effort = options.context.quick ? goal.quick : goal.full;
  await using arena = await goal.open(options.context);
  const control = { ...contender(arena.contenders, arena.base), name: `${arena.base} (again)` };
  const samples = await measure([...arena.contenders, control], { effort, random: options.random });
  const ratios = (name: string, against: string, statistic: Statistic) =>
    summarize(ratioPerRound(samples[name] ?? [], samples[against] ?? [], statistic));

  const limits = arena.limits.map((limit): LimitResult => {
    const against = limit.against ?? arena.base;
    const ratio = ratios(limit.contender, against, limit.statistic);
    const noise = ratios(control.name, arena.base, limit.statistic).median;
    const judgedBy = limit.limit * options.slack;
    const judged = { ratio: ratio.median, limit: judgedBy, noise };
    const verdict = arena.ungated === undefined ? judge(judged) : "not judged";
    return { ...limit, against, judgedBy, ratio, control: noise, verdict };
  });
  const { kind, id, title } = goal;
  const ungated = arena.ungated === undefined ? {} : { ungated: arena.ungated };
  return { kind, id, title, effort, limits, samples, ...ungated };
}

function contender(contenders: readonly Contender[], name: string): Contender {
  const found = contenders.find((each) => each.name === name);
  if (!found) throw new Error(`There is no contender "${name}"`);
  return found;
}

interface Plan {
  readonly effort: Effort;
  readonly random: Random;
}

async function measure(contenders: readonly Contender[], plan: Plan): Promise<Samples> {
  const samples: Record<string, number[][]> = {};
  for (const { name } of contenders) samples[name] = [];
  for (const { measure: warmUp } of shuffled(contenders, plan.random)) await warmUp();
  for (let round = 0; round < plan.effort.rounds; round++) {
    for (const { name } of contenders) samples[name]?.push([]);
    for (let pass = 0; pass < plan.effort.passes; pass++) {
      for (const { name, measure: slice } of shuffled(contenders, plan.random)) {
        samples[name]?.[round]?.push(...(await slice()));
      }
    }
  }
  return samples;
}

export function ratioPerRound(
  ours: readonly (readonly number[])[],
  base: readonly (readonly number[])[],
  statistic: Statistic,
): number[] {
  return ours.map((round, index) => {
    return statisticOf(round, statistic) / statisticOf(base[index] ?? [], statistic);
  });
}

interface Judged {
  readonly ratio: number;
  readonly limit: number;
  readonly noise: number;
}

export function judge({ ratio, limit, noise }: Judged): Verdict {
  if (noise < 0.9 || noise > 1.1) return "noisy";
  return ratio <= limit ? "met" : "missed";
}
