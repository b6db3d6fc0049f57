import type { TurnOutcome } from "../../core/turn.ts";
import { parseDuration } from "../../util/duration.ts";
import type { CliProblem } from "./agent-cli.ts";

/** What a CLI told about its failure. */
export interface ProblemEvidence {
  readonly message: string;
  /** HTTP status of the provider's answer. */
  readonly status?: number | undefined;
  /** The CLI's own word for the kind, e.g. `rate_limit`. */
  readonly code?: string | undefined;
  /** Where the CLI's own word leaves nothing to guess. */
  readonly outcome?: TurnOutcome | undefined;
}

interface Kind {
  readonly outcome: TurnOutcome;
  readonly statuses: readonly number[];
  readonly words: RegExp;
}

/** The first that matches rules: a spent quota also says 403, an overfull context also says 400. */
const KINDS: readonly Kind[] = [
  {
    outcome: "rate_limited",
    statuses: [429],
    words:
      /usage limit|hit your [\w ]{0,20}limit|exhausted your (daily )?quota|insufficient_quota|quota exceeded|RESOURCE_EXHAUSTED|credit balance|(?<![\w:.])429(?![\w:])|rate[ _-]?limit|too many requests/i,
  },
  {
    outcome: "context_exhausted",
    statuses: [],
    words:
      /prompt_too_long|(prompt|input) is too long|ContextOverflow|context_length_exceeded|ran out of room|exceeds the (context|maximum number of tokens)|context[ _]window|maximum context length/i,
  },
  {
    outcome: "auth",
    statuses: [401, 403],
    words:
      /authentication(_failed|_error|Error)|not logged in|please log ?in|run \/login|unauthorized|(?<![\w:.])401(?![\w:])|(invalid|incorrect|missing|not valid|no) (x-)?api[ _-]?key|api[ _-]?key (is )?(not valid|invalid|missing|expired|not found|required)|invalid auth method/i,
  },
  // An overloaded provider asks for the same thing as a rate limit: fewer calls for a while.
  {
    outcome: "rate_limited",
    statuses: [503, 529],
    words: /overloaded|(?<![\w:.])529(?![\w:])|(?<![\w:.])503(?![\w:])|service unavailable/i,
  },
];

const LOST_SESSION =
  /no (conversation|session|rollout|thread|chat)s? (was )?found|no session[\w, ]* matched|(conversation|session|thread|chat)( [\w:"'-]+)? (was |is |does )?not (found|exist)|invalid session|unknown session/i;

export function classifyProblem(evidence: ProblemEvidence): CliProblem {
  const text = [evidence.code, evidence.message].filter((part) => part !== undefined).join(" ");
  const status = evidence.status ?? 0;
  const kind = KINDS.find((k) => k.statuses.includes(status) || k.words.test(text));
  const outcome = evidence.outcome ?? kind?.outcome ?? "failed";
  const reason = oneLine(evidence.message) || oneLine(evidence.code ?? "") || "no reason given";
  const retryAfterMs = outcome === "rate_limited" ? retryAfter(evidence.message) : undefined;
  return { outcome, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

export function isLostSession(message: string): boolean {
  return LOST_SESSION.test(message);
}

const MAX_REASON = 300;

/** Blanks folded, cut to what fits a status line. */
export function oneLine(text: string): string {
  const folded = text.replace(/\s+/g, " ").trim();
  return folded.length > MAX_REASON ? `${folded.slice(0, MAX_REASON - 1)}…` : folded;
}

/** The line of an error stream that most likely says why; CLIs print warnings around it. */
export function tellingLine(text: string): string {
  const lines = text.split("\n").map((line) => Bun.stripANSI(line).trim());
  const filled = lines.filter((line) => line !== "");
  return filled.findLast((line) => TELLING.test(line)) ?? filled.at(-1) ?? "";
}

const TELLING =
  /error|fail|denied|invalid|refus|cannot|can't|not (found|logged|exist|supported)|limit|unable|must|missing|required/i;

const DELAY =
  /(?:try again in|retry(?:ing)?(?: again)?[ -](?:in|after):?)\s+((?:[\d.]+\s*(?:ms|[smhd])[a-z]*[\s,]*(?:and\s+)?)+|\d+)/i;

/** "try again in 1h 5m", "retry after 30 seconds", "Retry-After: 12"; a bare number is seconds. */
function retryAfter(message: string): number | undefined {
  const delay = DELAY.exec(message)?.[1];
  if (delay === undefined) return undefined;
  const compact = delay.replace(/[\s,]|and/gi, "").replace(/(ms|[smhd])[a-z]*/gi, "$1");
  const waitMs = parseDuration(compact);
  return waitMs === 0 ? undefined : waitMs;
}
