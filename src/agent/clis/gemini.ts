import type { ProblemEvidence } from "./classify.ts";
import type { CliSpec } from "./cli-spec.ts";
import { option } from "./cli-spec.ts";
import { type EventReader, jsonOutput, numberAt, type ReportDraft, textAt } from "./json-output.ts";

/** Gemini CLI. Without `--yolo` it exits 0 while the model has neither a shell nor an editor. */
export const gemini: CliSpec = {
  name: "gemini",
  command: ["gemini"],
  args: ({ model, resume, sessionId }) => [
    "--yolo",
    "--skip-trust",
    "--output-format",
    "stream-json",
    ...(resume === undefined ? ["--session-id", sessionId] : ["--resume", resume]),
    ...option("--model", model),
  ],
  stdin: "prompt",
  // Relaunched, it ignores SIGTERM and holds twice the memory.
  env: { GEMINI_CLI_NO_RELAUNCH: "true" },
  parser: () => jsonOutput(geminiEventReader(), { explainExit: explainGeminiExit }),
};

/** Text comes in pieces; a tool call between two pieces starts a new message. */
function geminiEventReader(): EventReader {
  let open = false;
  const say = (draft: ReportDraft, content: string) => {
    draft.text = open ? draft.text + content : content;
    open = true;
  };
  return (draft, event) => {
    switch (event.type) {
      case "init":
        draft.sessionId = textAt(event, "session_id") ?? draft.sessionId;
        break;
      case "message":
        if (event.role === "assistant") say(draft, textAt(event, "content") ?? "");
        break;
      case "tool_use":
      case "tool_result":
        open = false;
        break;
      case "error":
        // Warnings come as errors too; a successful result takes them back.
        if (event.severity !== "warning") draft.failure = errorOf(event);
        break;
      case "result":
        draft.final = true;
        draft.failure = event.status === "error" ? errorOf(event) : undefined;
    }
  };
}

function errorOf(event: Readonly<Record<string, unknown>>): ProblemEvidence {
  return {
    message: textAt(event, "error", "message") ?? textAt(event, "message") ?? "no reason given",
    status: numberAt(event, "error", "code"),
    code: textAt(event, "error", "type"),
  };
}

/** Its own codes, and for a refused request the HTTP status modulo 256. */
function explainGeminiExit(code: number): ProblemEvidence | undefined {
  if (code === 41) return { message: "authentication failed", status: 401 };
  if (code === 42) return { message: "the input was refused or the session was not found" };
  if (code === 53) return { message: "the limit of turns was reached" };
  if (code === 55) return { message: "the folder is not trusted" };
  const isHttp = code >= 400 - 256;
  return isHttp ? { message: `HTTP status ${code + 256}`, status: code + 256 } : undefined;
}
