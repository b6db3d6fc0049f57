import type { FlowEvent } from "../../flow/flow-events.ts";
import { isDetail, renderFlowEnd, renderFlowEvent } from "../../flow/render-event.ts";
import type { StartFlowOptions } from "../../flow/start-flow.ts";
import { command } from "../command.ts";

export const runCommand = command({
  name: "run",
  description: "Run a flow: a TypeScript file that spawns agents and gives them work",
  details: `The file is type-checked first. What follows it on the command line goes to the flow, which has
stdout to itself; tt tells what happens on stderr. Without a town here or above, the flow gets one of
its own, which is gone when it ends.

Exit codes: 0 done, 1 the flow failed, 2 wrong use, 3 the check failed, 4 a task failed, 8 no town or no
CLI, 13 the flow waits for nothing, 124 time-out, 130 and 143 interrupted.`,
  examples: [
    "tt run flow.ts",
    "tt run --cli sim --timeout 10m flow.ts --issue 42",
    "tt new flow review --template gate && tt run review.ts",
    "echo 'console.log(await town.status())' | tt run -",
  ],
  needs: "nothing",
  passthrough: true,
  interruptible: true,
  humanOutput: "stderr",
  args: {
    script: { type: "positional", description: "The flow, or - for standard input" },
    check: { type: "boolean", default: true, description: "Run it without checking its types" },
    ephemeral: { type: "boolean", description: "Use a town of its own, even where there is one" },
    timeout: { type: "duration", description: "End the flow after 90s, 10m, 1h30m, ...; exit 124" },
    cli: {
      type: "string",
      hint: "NAME",
      description: "CLI of every agent, whatever the flow says",
    },
  },
  run: ({ args, rest, globals, io, signal }) =>
    shownEvents(
      {
        script: args.script,
        argv: rest,
        check: args.check,
        ephemeral: args.ephemeral,
        town: globals.town,
        cli: args.cli,
        timeoutMs: args.timeout,
        interrupt: signal,
        captureStdout: globals.json,
        stdin: io.stdin,
        print: io.out,
      },
      { details: globals.json || globals.verbose },
    ),
  render: (event, style) => renderFlowEvent(event, style),
  quiet: renderFlowEnd,
  exitCode: (event) => (event.type === "flow.finished" ? event.exitCode : 0),
});

async function* shownEvents(
  options: StartFlowOptions,
  { details }: { readonly details: boolean },
): AsyncGenerator<FlowEvent> {
  // Loaded here, because the help of all commands loads this file.
  const { startFlow } = await import("../../flow/start-flow.ts");
  for await (const event of startFlow(options)) {
    if (details || !isDetail(event)) yield event;
  }
}
