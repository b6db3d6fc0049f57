import type { FlowScope } from "./flow-scope.ts";
import { TownError } from "./town-error.ts";

/** The error of a flow that awaits a promise while nothing is left that could settle it. */
export function deadAwait({ run, tasks }: FlowScope): TownError {
  const last = run.lastCall;
  const lines = [
    "The flow awaits something that nothing can settle: no timer, no I/O and no call of tt is pending",
  ];
  if (last !== undefined) {
    const place = run.where(last.site);
    lines.push(`its last call was ${last.name}${place === undefined ? "" : ` at ${place}`}`);
  }
  for (const task of tasks.open()) {
    lines.push(
      `nobody waits for the task of "${task.agentName}" (${run.where(task.site) ?? task.key})`,
    );
  }
  return new TownError({
    code: "DEADLOCK",
    message: lines.join("\n"),
    hint: "look at the await after that call: a promise there is never resolved",
    site: last?.site,
    where: run.where(last?.site),
  });
}
