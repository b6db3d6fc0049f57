import type { FlowEvent } from "../../src/flow/flow-events.ts";
import { ScriptError } from "../lib/run-script.ts";
import type { ScratchRepository } from "./scratch-repository.ts";

export interface PipelineOptions {
  readonly tt: string;
  readonly repository: ScratchRepository;
  readonly onEvent: (event: FlowEvent) => void;
  /** Aborted: the run is interrupted as by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Runs the demo's flow to its end. @throws ScriptError when it does not end well */
export async function runPipeline(options: PipelineOptions): Promise<readonly FlowEvent[]> {
  const { tt, repository, signal } = options;
  const child = Bun.spawn([tt, "run", "--json", "--cli", "sim", "pipeline.ts"], {
    cwd: repository.root,
    env: { ...process.env, ...repository.env },
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C reaches it through the signal alone.
    detached: true,
  });
  const interrupt = () => child.kill("SIGINT");
  signal.addEventListener("abort", interrupt, { once: true });
  const stderr = new Response(child.stderr).text();
  const events = await readEvents(child.stdout, options.onEvent);
  const code = await child.exited;
  signal.removeEventListener("abort", interrupt);
  signal.throwIfAborted();
  if (code === 0) return events;
  throw new ScriptError(`The pipeline ended with ${code}: ${failureText(events, await stderr)}`);
}

async function readEvents(
  stream: ReadableStream<Uint8Array>,
  onEvent: (event: FlowEvent) => void,
): Promise<readonly FlowEvent[]> {
  const events: FlowEvent[] = [];
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const event: FlowEvent = JSON.parse(line);
      events.push(event);
      onEvent(event);
    }
  }
  return events;
}

function failureText(events: readonly FlowEvent[], stderr: string): string {
  const end = events.findLast((event) => event.type === "flow.finished");
  if (end?.type !== "flow.finished") return stderr.trim() || "it left no message";
  const { failure, problems } = end;
  const lines = [failure?.message, ...(failure?.output ?? []), failure?.where];
  const found = problems?.map((problem) => `${problem.file}:${problem.line} ${problem.message}`);
  return [...lines, ...(found ?? [])].filter((line) => line !== undefined).join("\n") || end.reason;
}
