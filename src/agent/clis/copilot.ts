import type { CliSpec } from "./cli-spec.ts";
import { option } from "./cli-spec.ts";
import { type EventReader, jsonOutput, numberAt, textAt } from "./json-output.ts";

/** GitHub Copilot CLI (`copilot`, not the old `gh` extension). */
export const copilot: CliSpec = {
  name: "copilot",
  command: ["copilot"],
  args: ({ model, resume, sessionId }) => [
    "--allow-all",
    "--no-ask-user",
    "--no-auto-update",
    "--no-color",
    "--output-format",
    "json",
    ...(resume === undefined ? ["--session-id", sessionId] : [`--resume=${resume}`]),
    ...option("--model", model),
  ],
  stdin: "prompt",
  parser: () => jsonOutput(readCopilotEvent),
};

const readCopilotEvent: EventReader = (draft, event) => {
  switch (event.type) {
    case "assistant.message":
      draft.text = textAt(event, "data", "content") || draft.text;
      break;
    case "session.error":
      draft.failure = {
        message: textAt(event, "data", "message") ?? "no reason given",
        status: numberAt(event, "data", "statusCode"),
        code: textAt(event, "data", "errorType"),
      };
      break;
    case "result": {
      draft.final = true;
      draft.sessionId = textAt(event, "sessionId") ?? draft.sessionId;
      const code = numberAt(event, "exitCode") ?? 0;
      if (code === 0) draft.failure = undefined;
      else draft.failure ??= { message: `exit code ${code}` };
    }
  }
};
