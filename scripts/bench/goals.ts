import type { Goal } from "./goal.ts";
import { p1Version } from "./p1-version.ts";
import { p2Commands } from "./p2-commands.ts";
import { p3HandOff } from "./p3-hand-off.ts";
import { p13FlowStep } from "./p13-flow-step.ts";
import { p17Modules } from "./p17-modules.ts";

/** Every goal that `bun run bench` measures. A limit may only be loosened with a note beside it saying why. */
export const GOALS: readonly Goal[] = [p1Version, p2Commands, p3HandOff, p13FlowStep, p17Modules];
