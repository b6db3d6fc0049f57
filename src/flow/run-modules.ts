import { basename, extname } from "node:path";
import { durationMs } from "./duration-option.ts";
import { createFlowApi, type FlowApi } from "./flow-api.ts";
import { type BodyResult, readArgs, runBody } from "./flow-body.ts";
import { flowConsole } from "./flow-console.ts";
import type { FlowLimits } from "./flow-limits.ts";
import { ExitRequest, openFlowProcess } from "./flow-process.ts";
import type { FlowSession } from "./flow-session.ts";
import { GLOBAL_NAMES } from "./flow-types.ts";
import { type ModuleHost, openModuleHost } from "./module-host.ts";
import { runToEnd } from "./run-to-end.ts";

export interface ModulesResult {
  readonly result: BodyResult | undefined;
  /** What the flow's code set `process.exitCode` to. */
  readonly exitCode: number | undefined;
}

/** Runs the flow's code and its `defer`s; what they leave running ends when this resolves. */
export async function runModules(session: FlowSession, limits: FlowLimits): Promise<ModulesResult> {
  const { options, ending, defers } = session;
  const { source } = options;
  if (ending.cause !== undefined) return { result: undefined, exitCode: undefined };
  const about = { name: basename(source.file, extname(source.file)) };
  const exit = (code: number): never => {
    const request = new ExitRequest(code);
    ending.exit(request);
    throw request;
  };
  using flowProcess = openFlowProcess({
    argv: [process.execPath, source.file, ...options.argv],
    onExit: (request) => ending.exit(request),
    ...(options.captureStdout && { onStdout: options.print }),
  });
  const reader = { argv: options.argv, name: displayName(session), print: options.print, exit };
  const api = createFlowApi(session.scope, {
    ...options,
    file: source.file,
    name: () => about.name,
    parseArgs: (spec) => readArgs(reader, spec),
    defer: (fn) => defers.push(fn),
  });
  using host = openHost(session, api, flowProcess.process);
  const body = runBody({
    ...reader,
    host,
    run: session.run,
    onDefinition: ({ name, timeout }) => {
      about.name = name ?? about.name;
      if (timeout === undefined || options.timeoutMs !== undefined) return;
      limits.limit(durationMs(timeout, "timeout"));
    },
  });
  const result = await runToEnd(session, body);
  await defers.run({
    budgetMs: ending.remaining(session.graceMs),
    call: (fn) => host.run(fn),
    onError: (error) => ending.fail(error),
  });
  return { result, exitCode: flowProcess.exitCode() };
}

function displayName({ run, options }: FlowSession): string {
  return run.displayPath(options.source.file);
}

function openHost(session: FlowSession, api: FlowApi, flowProcess: unknown): ModuleHost {
  const { options, ending } = session;
  const globals = Object.fromEntries(GLOBAL_NAMES.map((name) => [name, api[name]]));
  return openModuleHost({
    source: options.source,
    globals: {
      ...globals,
      process: flowProcess,
      ...(options.captureStdout && { console: flowConsole(options.print) }),
    },
    exports: { ...api },
    onError: (error) => ending.fail(error),
  });
}
