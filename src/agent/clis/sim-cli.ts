import { dirname } from "node:path";
import { TURN_OUTCOMES } from "../../core/turn.ts";
import { selfCommand } from "../../process/self.ts";
import type { ProblemEvidence } from "./classify.ts";
import type { CliSpec } from "./cli-spec.ts";
import { type EventReader, jsonOutput, textAt } from "./json-output.ts";

/** The built-in stand-in: this very program as `tt sim`. See `agent/sim/directives.ts`. */
export function simCli(): CliSpec {
  return {
    name: "sim",
    command: selfCommand(["sim"]),
    args: () => [],
    stdin: "prompt",
    turnEnv: ({ resume, sessionId, model, promptFile }) => ({
      TT_SIM_SESSION: resume ?? sessionId,
      TT_SIM_STATE_DIR: dirname(promptFile),
      ...(model === undefined ? {} : { TT_SIM_MODEL: model }),
    }),
    parser: () => jsonOutput(readSimEvent),
  };
}

const readSimEvent: EventReader = (draft, event) => {
  draft.sessionId = textAt(event, "session_id") ?? draft.sessionId;
  if (event.type !== "result") return;
  draft.final = true;
  draft.text = textAt(event, "text") ?? "";
  draft.failure = event.is_error === true ? simFailure(event) : undefined;
};

function simFailure(event: Readonly<Record<string, unknown>>): ProblemEvidence {
  return {
    message: textAt(event, "text") ?? "no reason given",
    outcome: TURN_OUTCOMES.find((outcome) => outcome === event.outcome) ?? "failed",
  };
}
