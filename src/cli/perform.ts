import type { ArgSpecs, ArgValues, Globals } from "./args.ts";
import type { CommandSpec, RunContext, TownSpec } from "./command.ts";
import { deliver } from "./deliver.ts";
import { exitCodeOfSignal } from "./exit.ts";
import type { Interrupts, Io } from "./io.ts";
import { failureExit } from "./report-failure.ts";

interface Call<A extends ArgSpecs> {
  readonly args: ArgValues<A>;
  readonly rest: readonly string[];
  readonly globals: Globals;
  readonly io: Io;
}

/** Runs a command whose command line has been read. @returns the exit code */
export async function perform<A extends ArgSpecs, T>(
  spec: CommandSpec<A, T>,
  call: Call<A>,
): Promise<number> {
  using interrupts = holds(spec.interruptible, call.args) ? await call.io.interrupts() : undefined;
  const context = runContext(call, interrupts);
  try {
    const code =
      spec.needs === "town"
        ? await performInTown(spec, context)
        : await deliver(spec, spec.run(context), context);
    return interruptedExit(interrupts) ?? code;
  } catch (error) {
    const code = interruptedExit(interrupts);
    if (code === undefined) throw error;
    if (!isAbort(error)) await failureExit(error, call.io, call.globals);
    return code;
  }
}

async function performInTown<A extends ArgSpecs, T>(
  spec: TownSpec<A, T>,
  context: RunContext<A>,
): Promise<number> {
  const { openTown } = await import("../services/open-town.ts");
  const started = performance.now();
  await using town = await openTown({
    dir: context.globals.town,
    longLived: holds(spec.longLived, context.args),
  });
  for (const notice of town.notices) await context.notify(notice);
  if (context.globals.verbose) {
    const { openLog } = await import("./log.ts");
    const elapsed = (performance.now() - started).toFixed(1);
    (await openLog()).debug(`opened town "${town.name}" in ${town.root} (${elapsed} ms)`);
  }
  try {
    return await deliver(spec, spec.run({ ...context, town }), context);
  } catch (error) {
    const { suggestAgent } = await import("../services/suggest-agent.ts");
    throw await suggestAgent(town, error);
  }
}

function holds<Args>(
  condition: boolean | ((args: Args) => boolean) | undefined,
  args: Args,
): boolean {
  return typeof condition === "function" ? condition(args) : (condition ?? false);
}

function runContext<A extends ArgSpecs>(
  call: Call<A>,
  interrupts: Interrupts | undefined,
): RunContext<A> {
  const { globals, io } = call;
  return {
    ...call,
    signal: interrupts?.signal ?? new AbortController().signal,
    notify: async (line) => {
      if (!globals.quiet && !globals.json) await io.err(`${line}\n`);
    },
  };
}

function interruptedExit(interrupts: Interrupts | undefined): number | undefined {
  const received = interrupts?.received();
  return received === undefined ? undefined : exitCodeOfSignal(received);
}

function isAbort(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "AbortError" || ("code" in error && error.code === "E_ABORTED");
}
