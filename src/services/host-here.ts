import { liveHost } from "./host-record.ts";
import type { Town } from "./town.ts";

/**
 * Work for an agent that is placed on `hostId` needs a live host, if that is here. Two file reads
 * when there is one.
 */
export async function requireHostHere(town: Town, hostId: string): Promise<void> {
  if (hostId !== town.hostId || liveHost(town)) return;
  const { ensureHost } = await import("./ensure-host.ts");
  await ensureHost(town);
}
