import type { CliSpec } from "./cli-spec.ts";
import { option } from "./cli-spec.ts";
import { type EventReader, jsonOutput, textAt } from "./json-output.ts";

/** OpenAI Codex. It names its conversations itself; `-` reads the prompt from standard input. */
export const codex: CliSpec = {
  name: "codex",
  command: ["codex"],
  args: (request) => codexArgs(request.model, request.resume),
  stdin: "prompt",
  parser: () => jsonOutput(readCodexEvent),
};

/**
 * Codex with less effort, for small jobs. Which model is small changes with every release, so it is
 * the user's setting (`--model`, `[agent_clis.codex-mini] model`), else Codex's own default.
 */
export const codexMini: CliSpec = {
  ...codex,
  name: "codex-mini",
  args: ({ model, resume }) => codexArgs(model, resume, ["-c", 'model_reasoning_effort="medium"']),
};

function codexArgs(
  model: string | undefined,
  resume: string | undefined,
  settings: readonly string[] = [],
): readonly string[] {
  return [
    "exec",
    "--json",
    "--dangerously-bypass-approvals-and-sandbox",
    ...option("-m", model),
    ...settings,
    ...option("resume", resume),
    "-",
  ];
}

const readCodexEvent: EventReader = (draft, event) => {
  switch (event.type) {
    case "thread.started":
      draft.sessionId = textAt(event, "thread_id") ?? draft.sessionId;
      break;
    case "item.completed":
      if (textAt(event, "item", "type") === "agent_message") {
        draft.text = textAt(event, "item", "text") ?? draft.text;
      }
      break;
    case "turn.completed":
      draft.final = true;
      draft.failure = undefined;
      break;
    case "error":
      // Also sent while it reconnects; a completed turn takes it back.
      draft.failure = { message: textAt(event, "message") ?? "no reason given" };
      break;
    case "turn.failed":
      draft.final = true;
      draft.failure = { message: textAt(event, "error", "message") ?? "no reason given" };
  }
};
