import type { Child, ChildExit } from "./spawn.ts";

/**
 * Ends a child with its group: SIGTERM, then SIGKILL after `graceMs`. SIGINT is left out: of the
 * agents' CLIs measured, two ignore it, two leave their tools behind and one reports success.
 */
export async function terminate(child: Child, graceMs: number): Promise<ChildExit> {
  child.signal("SIGTERM");
  const timer = setTimeout(() => child.signal("SIGKILL"), graceMs);
  try {
    return await child.exited;
  } finally {
    clearTimeout(timer);
    child.signal("SIGKILL"); // whoever of the group outlived its leader
  }
}
