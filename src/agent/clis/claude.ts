import type { CliSpec } from "./cli-spec.ts";
import { option } from "./cli-spec.ts";
import { asRecord, at, type EventReader, jsonOutput, numberAt, textAt } from "./json-output.ts";

/**
 * Claude Code. Refuses to skip permission prompts as root; whoever runs it in a container sets
 * `IS_SANDBOX=1` for it, which is not ours to decide.
 */
export const claude: CliSpec = {
  name: "claude",
  command: ["claude"],
  args: ({ model, resume, sessionId }) => [
    "--print",
    "--dangerously-skip-permissions",
    "--output-format",
    "stream-json",
    "--verbose",
    ...(resume === undefined ? ["--session-id", sessionId] : ["--resume", resume]),
    ...option("--model", model),
  ],
  stdin: "prompt",
  // Ten retries of its own hide a rate limit for three minutes; four show it soon.
  env: { CLAUDE_CODE_MAX_RETRIES: "4" },
  parser: () => jsonOutput(readClaudeEvent),
};

/** Claude's `stream-json` events, which Cursor imitates. */
export const readClaudeEvent: EventReader = (draft, event) => {
  draft.sessionId = textAt(event, "session_id") ?? draft.sessionId;
  switch (event.type) {
    case "assistant": {
      const said = textBlocks(at(event, "message", "content"));
      if (said !== "" && event.parent_tool_use_id == null) draft.text = said;
      break;
    }
    case "result": {
      draft.final = true;
      const result = textAt(event, "result");
      // `subtype` says "success" even for a refused request; only `is_error` tells.
      if (event.is_error === true) {
        draft.failure = {
          message: result || firstError(event) || textAt(event, "subtype") || "no reason given",
          status: numberAt(event, "api_error_status"),
          code: textAt(event, "terminal_reason"),
        };
      } else {
        draft.failure = undefined;
        draft.text = result ?? draft.text;
      }
    }
  }
};

function textBlocks(content: unknown): string {
  if (!Array.isArray(content)) return "";
  const texts = content.map((block) => {
    const record = asRecord(block);
    return record?.type === "text" ? (textAt(record, "text") ?? "") : "";
  });
  return texts.filter((text) => text !== "").join("\n");
}

function firstError(event: Readonly<Record<string, unknown>>): string | undefined {
  const errors = event.errors;
  return Array.isArray(errors) ? errors.find((e) => typeof e === "string") : undefined;
}
