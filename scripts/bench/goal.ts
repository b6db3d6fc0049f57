/** Which number of a round stands for a contender: minima for start-up, percentiles for latencies. */
export type Statistic = "min" | "p50" | "p99";

/** One program, operation or pattern that takes part in a comparison. */
export interface Contender {
  readonly name: string;
  /** Runs one slice (one start of a program, some hundreds of hand-offs) and returns its times in µs. */
  readonly measure: () => Promise<readonly number[]>;
}

/** At most `limit` times as slow as another contender. */
export interface Limit {
  readonly contender: string;
  /** Default: the base. */
  readonly against?: string;
  readonly statistic: Statistic;
  readonly limit: number;
}

/** The contenders with everything they need, until disposed of. */
export interface Arena extends AsyncDisposable {
  readonly contenders: readonly Contender[];
  /** What everything is compared with; it is measured twice, which shows the noise of the machine. */
  readonly base: string;
  readonly limits: readonly Limit[];
  /** Why the limits cannot be judged on this machine, if so. */
  readonly ungated?: string;
}

export interface Effort {
  readonly rounds: number;
  /** Passes over all contenders, in a new order each, that make up a round. */
  readonly passes: number;
}

export interface BenchContext {
  /** The compiled executable. */
  readonly tt: string;
  readonly quick: boolean;
}

/** A goal about time: ratios of contenders that run in turns, in shuffled order. */
export interface RatioGoal {
  readonly kind: "ratio";
  readonly id: string;
  readonly title: string;
  readonly full: Effort;
  readonly quick: Effort;
  readonly open: (context: BenchContext) => Promise<Arena>;
}

/** A goal about something countable, equal on every machine. */
export interface ExactGoal {
  readonly kind: "exact";
  readonly id: string;
  readonly title: string;
  readonly check: (context: BenchContext) => Promise<ExactResult>;
}

export interface ExactResult {
  /** What was found, one line each. */
  readonly facts: readonly string[];
  /** What breaks the goal; none means that it is met. */
  readonly violations: readonly string[];
}

export type Goal = RatioGoal | ExactGoal;
