import { resolve } from "node:path";
import { ConfigError } from "../../core/errors.ts";
import { type PromptedWork, parsePromptWork } from "../../core/prompt-markers.ts";
import { type Directive, parseSteps, parseWork } from "./directives.ts";
import { perform } from "./perform.ts";
import type { SimIo } from "./sim-io.ts";
import { failed, type SimEnd, type SimTurn, type StepEnd } from "./sim-turn.ts";

/** As after SIGTERM, which is what asks a CLI to end. */
const ENDED_BY_SIGNAL = 143;

/**
 * Runs one turn of `sim`: reads the prompt, finds the work in it, carries out its directives (see
 * `directives.ts`) and prints JSON lines: `{"type":"start",…}`, one `{"type":"tool",…}` per action
 * and `{"type":"result","text":…,"is_error":…,"outcome":…,"session_id":…}`.
 * @returns the exit code
 */
export async function runSim(io: SimIo): Promise<number> {
  try {
    const prompt = await io.stdin();
    const sessionId = io.env.TT_SIM_SESSION ?? crypto.randomUUID();
    await io.write(JSON.stringify({ type: "start", session_id: sessionId }));
    const end = await runTurn({ io, work: workOf(prompt), answer: [] });
    if (end.result !== undefined) {
      const { outcome, text } = end.result;
      const result = { type: "result", text, is_error: outcome !== "done", outcome };
      await io.write(JSON.stringify({ ...result, session_id: sessionId }));
    }
    return end.exitCode;
  } catch (cause) {
    if (io.signal.aborted) return ENDED_BY_SIGNAL;
    throw cause;
  }
}

/** Without markers, as when somebody tries it in a shell, the whole prompt is the work. */
function workOf(prompt: string): PromptedWork {
  const bare = { kind: "message", from: undefined, messageKind: undefined } as const;
  return (
    parsePromptWork(prompt) ?? { ...bare, id: "", urgent: false, attempt: 1, text: prompt.trim() }
  );
}

async function runTurn(turn: SimTurn): Promise<SimEnd> {
  const plan = await planOf(turn);
  if ("kind" in plan) return plan;
  for (const step of plan.directives) {
    turn.io.signal.throwIfAborted();
    const result = await perform(step, turn);
    if (result.kind === "end") return result;
  }
  const said = turn.answer.join("\n");
  const text = said.trim() === "" ? defaultAnswer(plan) : said;
  return { exitCode: 0, result: { outcome: "done", text } };
}

interface Plan {
  readonly directives: readonly Directive[];
  /** First line of the task that says something. */
  readonly title: string;
}

async function planOf({ io, work }: SimTurn): Promise<Plan | StepEnd> {
  const own = parseWork(work.text);
  const title = own.prose.split("\n").find((line) => line.trim() !== "") ?? "";
  const script = io.env.TT_SIM_SCRIPT;
  if (own.directives.length > 0 || script === undefined || script === "") {
    return { directives: own.directives, title: title.trim() };
  }
  try {
    // Loaded only here: most runs need neither a TOML parser nor a schema library.
    const { loadSimScript } = await import("../../config/sim-script.ts");
    const rules = await loadSimScript(resolve(io.cwd, script));
    const rule = rules.find((candidate) => candidate.match.test(work.text));
    return { directives: parseSteps(rule?.steps ?? []), title: title.trim() };
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    return failed(cause.message);
  }
}

const MAX_TITLE = 80;

function defaultAnswer({ directives, title }: Plan): string {
  if (title === "") return `sim: ${directives.length} steps done`;
  const short = title.length > MAX_TITLE ? `${title.slice(0, MAX_TITLE - 1)}…` : title;
  return `sim: did "${short}"`;
}
