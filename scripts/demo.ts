import { parseArgs } from "node:util";
import type { FlowEvent } from "../src/flow/flow-events.ts";
import { build } from "./build.ts";
import { changedFiles, type Snapshot, takeSnapshot } from "./demo/changes.ts";
import { leftRunning } from "./demo/left-running.ts";
import { cut, renderTree } from "./demo/render-tree.ts";
import { runPipeline } from "./demo/run-pipeline.ts";
import {
  makeScratchRepository,
  removeScratchRepository,
  type ScratchRepository,
  succeed,
} from "./demo/scratch-repository.ts";
import { type Action, actionsOf } from "./demo/transcript.ts";
import { type Happenings, whatHappened } from "./demo/what-happened.ts";
import { runScript, ScriptError } from "./lib/run-script.ts";
import { setup } from "./setup.ts";

const DEFAULT_WIDTH = 110;

interface Demo extends AsyncDisposable {
  readonly tt: string;
  readonly repository: ScratchRepository;
}

/** Builds tt and runs a pipeline of four agents with it, in a copy of some of this project's files. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { keep: { type: "boolean", default: false } } });
  await setup();
  const { path: tt } = await build();
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => stop.abort(new ScriptError(`Interrupted by ${name}`)));
  }
  await using demo = await openDemo(tt, values);
  const { repository } = demo;
  console.log(`${(await tell(demo, "version")).trim()}\n`);
  console.log(`A scratch repository with ${repository.files} files: ${repository.root}`);
  console.log("tt run --cli sim pipeline.ts    (sim is the built-in stand-in for an AI CLI)\n");
  await show(demo, stop.signal);
  return 0;
}

/** Leaves nothing, whatever happens. */
async function openDemo(tt: string, { keep }: { readonly keep: boolean }): Promise<Demo> {
  const repository = await makeScratchRepository(tt);
  const demo = { tt, repository };
  const end = async (): Promise<void> => {
    const stopped = await tell(demo, "stop", "--all");
    const left = leftRunning(repository.base);
    if (!keep) await removeScratchRepository(repository);
    const kept = keep ? `kept ${repository.root}` : "removed the scratch repository";
    console.log(`${stopped.trim()}; ${kept}`);
    if (left.length > 0) throw new ScriptError(`Still running: ${left.join(", ")}`);
  };
  return { ...demo, [Symbol.asyncDispose]: end };
}

async function show(demo: Demo, signal: AbortSignal): Promise<void> {
  const before = await takeSnapshot(demo.repository);
  const events = await runPipeline({ ...demo, signal, onEvent: showProgress });
  const happenings = await collect(demo, events, before);
  console.log(`\n${renderTree(whatHappened(happenings), screenWidth())}\n`);
  const open = happenings.tasks.filter((task) => task.state !== "completed");
  if (open.length > 0 || happenings.tasks.length === 0) {
    throw new ScriptError(`${open.length} of ${happenings.tasks.length} tasks did not complete`);
  }
}

function showProgress(event: FlowEvent): void {
  const text = progressText(event);
  if (text === undefined) return;
  const line = `${(event.t / 1000).toFixed(2).padStart(7)} s  ${text}`;
  console.log(cut(line, screenWidth()));
}

function screenWidth(): number {
  return process.stdout.columns ?? DEFAULT_WIDTH;
}

function progressText(event: FlowEvent): string | undefined {
  switch (event.type) {
    case "task.started":
      return `${event.agent.padEnd(10)} starts: ${event.description.split("\n")[0]}`;
    case "task.completed":
      return `${event.agent.padEnd(10)} done in ${((event.ms ?? 0) / 1000).toFixed(2)} s`;
    case "task.failed":
      return `${event.agent.padEnd(10)} FAILED: ${event.detail ?? ""}`;
    case "flow.log":
      return `flow       ${event.text}`;
    default:
      return undefined;
  }
}

async function collect(
  demo: Demo,
  events: readonly FlowEvent[],
  before: Snapshot,
): Promise<Happenings> {
  const tasks: Happenings["tasks"] = JSON.parse(await tell(demo, "task", "list", "--json"));
  const inbox: { readonly messages: Happenings["mail"]; readonly notes: Happenings["mail"] } =
    JSON.parse(await tell(demo, "inbox", "conductor", "--json"));
  const actions: Record<string, readonly Action[]> = {};
  for (const name of new Set(tasks.flatMap((task) => task.agentName ?? []))) {
    actions[name] = actionsOf(await tell(demo, "logs", name), demo.tt);
  }
  const changes = await changedFiles(demo.repository, before);
  return { events, tasks, actions, changes, mail: [...inbox.messages, ...inbox.notes] };
}

function tell(
  { tt, repository }: Pick<Demo, "tt" | "repository">,
  ...argv: readonly string[]
): Promise<string> {
  return succeed([tt, ...argv], { cwd: repository.root, env: repository.env });
}

await runScript(main);
