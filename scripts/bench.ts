import { mkdir } from "node:fs/promises";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import type { BenchContext, Goal } from "./bench/goal.ts";
import { renderExactResult, renderRatioResult } from "./bench/render.ts";
import { runRatioGoal } from "./bench/run-ratio-goal.ts";
import { type Random, seededRandom } from "./bench/statistics.ts";
import { build, currentCommit } from "./build.ts";
import { repoRoot } from "./lib/repo-root.ts";
import { runScript, ScriptError } from "./lib/run-script.ts";
import { setup } from "./setup.ts";

/** A quick run is made where other work goes on: its few samples only catch gross regressions. */
const QUICK_SLACK = 1.3;

interface Outcome {
  readonly missed: boolean;
  readonly text: string;
  readonly raw: object;
}

async function runGoal(goal: Goal, context: BenchContext, random: Random): Promise<Outcome> {
  if (goal.kind === "exact") {
    const result = await goal.check(context);
    const missed = result.violations.length > 0;
    return { missed, text: renderExactResult(goal, result), raw: { id: goal.id, ...result } };
  }
  const slack = context.quick ? QUICK_SLACK : 1;
  const result = await runRatioGoal(goal, { context, random, slack });
  const missed = result.limits.some((limit) => limit.verdict === "missed");
  return { missed, text: renderRatioResult(result), raw: result };
}

/** Loaded late: the goals work with the program's own modules, which need the installed packages. */
async function selectGoals(ids: readonly string[] | undefined): Promise<readonly Goal[]> {
  const { GOALS } = await import("./bench/goals.ts");
  if (!ids) return GOALS;
  return ids.map((id) => {
    const goal = GOALS.find((each) => each.id.toLowerCase() === id.toLowerCase());
    if (goal) return goal;
    throw new ScriptError(
      `Unknown goal "${id}": there are ${GOALS.map((each) => each.id).join(", ")}`,
    );
  });
}

function machine() {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? "unknown",
    cores: processors.length,
    memory: totalmem(),
    system: `${process.platform}-${process.arch} ${release()}`,
    bun: Bun.revision,
  };
}

async function bench(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      goal: { type: "string", multiple: true },
      seed: { type: "string" },
    },
  });
  await setup();
  const goals = await selectGoals(values.goal);
  const context = { tt: (await build()).path, quick: values.quick };
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const random = seededRandom(seed);
  const startedAt = new Date();
  const loadBefore = loadavg();

  const outcomes: Outcome[] = [];
  for (const goal of goals) {
    const outcome = await runGoal(goal, context, random);
    console.log(`${outcome.text}\n`);
    outcomes.push(outcome);
  }

  const commit = await currentCommit();
  const directory = join(repoRoot, "dist/bench");
  await mkdir(directory, { recursive: true });
  const file = join(directory, `${commit}-${startedAt.toISOString().replace(/[:.]/g, "-")}.json`);
  const about = { commit, startedAt, seed, quick: values.quick, machine: machine() };
  const load = { before: loadBefore, after: loadavg() };
  await Bun.write(
    file,
    JSON.stringify({ ...about, load, goals: outcomes.map((each) => each.raw) }),
  );
  console.log(`seed ${seed}, samples in ${relative(repoRoot, file)}`);
  return outcomes.some((outcome) => outcome.missed) ? 1 : 0;
}

await runScript(bench);
