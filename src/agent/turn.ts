import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { childEnv } from "../config/child-env.ts";
import type { Agent } from "../core/agent.ts";
import type { TurnResult } from "../core/turn.ts";
import { killMarkedProcesses } from "../process/marked-processes.ts";
import { selfCommand } from "../process/self.ts";
import { type Child, type ChildExit, spawnChild } from "../process/spawn.ts";
import { terminate } from "../process/terminate.ts";
import { outputFile } from "../services/logs.ts";
import { HOST_MARKER, TURN_MARKER } from "../services/markers.ts";
import type { Town } from "../services/town.ts";
import { turnEnv } from "../services/turns.ts";
import { lineSplitter } from "../util/line-splitter.ts";
import type { AgentCli, OutputParser } from "./clis/agent-cli.ts";
import { decideOutcome } from "./clis/decide.ts";
import { openTurnLog } from "./turn-log.ts";

/** SIGTERM comes first; whoever has not ended after this is killed. */
const GRACE_MS = 5_000;
const STDERR_TAIL = 8 * 1024;

export interface TurnInput {
  readonly agent: Agent;
  readonly cli: AgentCli;
  readonly turn: string;
  readonly prompt: string;
  /** What the turn is about, for the log. */
  readonly heading: string;
  readonly taskId: string | undefined;
  readonly sessionId: string | undefined;
  readonly timeoutMs: number;
  /** Aborted: the turn is ended and its outcome is `killed`. */
  readonly signal: AbortSignal;
}

export interface TurnReport extends TurnResult {
  /** The conversation cannot be gone on with. */
  readonly sessionLost: boolean;
  readonly retryAfterMs: number | undefined;
  /** Why the log of the turn is not complete. */
  readonly logProblem?: string | undefined;
}

/** Runs an agent's CLI once, from prompt to outcome; no process of it is left. */
export async function runTurn(town: Town, input: TurnInput): Promise<TurnReport> {
  const started = performance.now();
  const { cli, agent } = input;
  const promptFile = join(town.paths.run, agent.name, "prompt.md");
  await mkdir(dirname(promptFile), { recursive: true, mode: 0o700 });
  await writeFile(promptFile, input.prompt, { mode: 0o600 });
  const cwd = resolve(town.root, agent.cwd ?? town.config.agent.cwd ?? ".");
  const invocation = cli.invocation({
    prompt: input.prompt,
    promptFile,
    model: agent.model,
    sessionId: crypto.randomUUID(),
    resume: input.sessionId,
    cwd,
  });
  const parser = cli.parser();
  using log = openTurnLog(outputFile(town, agent.name), input.heading);
  const stderr = new TextTail(STDERR_TAIL);
  const lines = lineSplitter((line) => parser.line(line));
  const child = spawnChild({
    argv: invocation.argv,
    cwd,
    env: turnEnvironment(town, input, { ...invocation.env, ...(await turnEnv(town, agent.id)) }),
    stdinFile: invocation.stdin === "prompt" ? promptFile : undefined,
    onStdout: (chunk) => {
      log.write(chunk);
      lines.write(chunk);
    },
    onStderr: (chunk) => {
      log.write(chunk);
      stderr.write(chunk);
    },
  });
  try {
    const end = await supervise(child, input);
    lines.end();
    const report = verdict(parser, end, { stderrTail: stderr.text, started });
    return { ...report, logProblem: log.problem };
  } finally {
    killMarkedProcesses(TURN_MARKER, input.turn);
  }
}

interface TurnEnd extends ChildExit {
  readonly stopped: boolean;
  readonly timedOut: boolean;
}

/** Waits for the exit, or ends the turn when it is told to or its time is up. */
async function supervise(child: Child, input: TurnInput): Promise<TurnEnd> {
  const timeout = AbortSignal.timeout(input.timeoutMs);
  const either = AbortSignal.any([input.signal, timeout]);
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.resolve();
  either.addEventListener("abort", onAbort, { once: true });
  if (either.aborted) onAbort();
  try {
    const exit = await Promise.race([child.exited, aborted.promise]);
    if (exit) return { ...exit, stopped: false, timedOut: false };
    const stopped = input.signal.aborted;
    return { ...(await terminate(child, GRACE_MS)), stopped, timedOut: !stopped };
  } finally {
    either.removeEventListener("abort", onAbort);
  }
}

function verdict(
  parser: OutputParser,
  end: TurnEnd,
  { stderrTail, started }: { readonly stderrTail: string; readonly started: number },
): TurnReport {
  const report = parser.end({ code: end.code, stderrTail });
  const { outcome, reason, text, retryAfterMs } = decideOutcome({
    report,
    exitCode: end.code,
    signal: end.signal,
    stopped: end.stopped,
    timedOut: end.timedOut,
  });
  return {
    outcome,
    text,
    reason,
    retryAfterMs,
    sessionId: report.sessionId,
    sessionLost: report.sessionLost,
    exitCode: end.code,
    signal: end.signal,
    durationMs: performance.now() - started,
  };
}

/** Agents call `tt` themselves: their PATH starts with this very program. */
function turnEnvironment(
  town: Town,
  input: TurnInput,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const { agent } = input;
  const [program = ""] = selfCommand([]);
  return childEnv(town.env.all, {
    PATH: `${dirname(program)}:${town.env.all.PATH ?? ""}`,
    ...own,
    TINYTOWN_AGENT_ID: agent.id,
    TINYTOWN_AGENT_NAME: agent.name,
    TINYTOWN_TOWN: town.root,
    ...(input.taskId === undefined ? {} : { TINYTOWN_TASK_ID: input.taskId }),
    [TURN_MARKER]: input.turn,
    [HOST_MARKER]: town.hostId,
  });
}

/** The last bytes of a stream, whatever its length. */
class TextTail {
  readonly #limit: number;
  #bytes = new Uint8Array(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  write(chunk: Uint8Array): void {
    const kept = Buffer.concat([this.#bytes, chunk.subarray(-this.#limit)]);
    this.#bytes = kept.subarray(-this.#limit);
  }

  get text(): string {
    return new TextDecoder().decode(this.#bytes);
  }
}
