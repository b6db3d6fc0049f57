import { UsageError } from "../../core/errors.ts";
import type { CliSpec } from "./cli-spec.ts";
import { option } from "./cli-spec.ts";
import { type EventReader, jsonOutput, numberAt, textAt } from "./json-output.ts";

/**
 * opencode. A model is required: without one, and without a login, it picks a free model hosted by
 * somebody else and sends the code there.
 */
export const opencode: CliSpec = {
  name: "opencode",
  command: ["opencode"],
  args: ({ model, resume, cwd }) => {
    if (model === undefined) {
      throw new UsageError(
        'Cannot run "opencode" without a model',
        'name one as "--model provider/model", or as model under [agent_clis.opencode]',
      );
    }
    return [
      "run",
      "--auto",
      "--format",
      "json",
      "--dir",
      cwd,
      "-m",
      model,
      ...option("-s", resume),
    ];
  },
  stdin: "prompt",
  parser: () => jsonOutput(readOpencodeEvent),
};

/** There is no closing event: a last step that ended with "stop" is the end. */
const readOpencodeEvent: EventReader = (draft, event) => {
  draft.sessionId = textAt(event, "sessionID") ?? draft.sessionId;
  switch (event.type) {
    case "text":
      draft.text = textAt(event, "part", "text") ?? draft.text;
      break;
    case "step_start":
      draft.final = false;
      break;
    case "step_finish":
      draft.final = textAt(event, "part", "reason") === "stop";
      if (draft.final) draft.failure = undefined;
      break;
    case "error": {
      const code = textAt(event, "error", "name");
      draft.failure = {
        message: textAt(event, "error", "data", "message") ?? code ?? "no reason given",
        status: numberAt(event, "error", "data", "statusCode"),
        code,
      };
    }
  }
};
