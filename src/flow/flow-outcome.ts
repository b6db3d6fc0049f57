import { classifyFailure, describeFailure, type FailureContext } from "./failure.ts";
import type { EndCause, FlowEnding } from "./flow-ending.ts";
import type { FlowFailure, FlowReason } from "./flow-events.ts";

const STOP_EXIT = { timeout: 124, interrupted: 130, terminated: 143 } as const;

export interface FlowEnd {
  readonly reason: FlowReason;
  readonly exitCode: number;
  readonly failure: FlowFailure | undefined;
  readonly suppressed: readonly FlowFailure[];
}

/** How a run ended, once everything is cleaned up. */
export async function outcomeOf(
  ending: FlowEnding,
  context: FailureContext & { readonly exitCode: number | undefined },
): Promise<FlowEnd> {
  const { cause } = ending;
  const kind = kindOf(cause, context);
  const error = cause === undefined || cause.kind === "exit" ? undefined : cause.error;
  const others = ending.suppressed.map((one) => describeFailure(one, context));
  return {
    ...kind,
    failure: error === undefined ? undefined : await describeFailure(error, context),
    suppressed: await Promise.all(others),
  };
}

function kindOf(
  cause: EndCause | undefined,
  context: FailureContext & { readonly exitCode: number | undefined },
): Pick<FlowEnd, "reason" | "exitCode"> {
  switch (cause?.kind) {
    case "stopped":
      return { reason: cause.reason, exitCode: STOP_EXIT[cause.reason] };
    case "error":
      return classifyFailure(cause.error, context);
    default: {
      const exitCode = cause?.exitCode ?? context.exitCode ?? 0;
      return { reason: exitCode === 0 ? "ok" : "flow_failed", exitCode };
    }
  }
}
