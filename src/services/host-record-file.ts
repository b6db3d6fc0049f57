import { rename, rm, writeFile } from "node:fs/promises";
import type { HostRecord, TownFiles } from "./host-record.ts";

/** Written as soon as the host holds its lock, and again when it is ready. */
export async function writeHostRecord(town: TownFiles, record: HostRecord): Promise<void> {
  const temporary = `${town.paths.hostFile}.${record.pid}`;
  await writeFile(temporary, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await rename(temporary, town.paths.hostFile);
}

export async function removeHostRecord(town: TownFiles): Promise<void> {
  await rm(town.paths.hostFile, { force: true });
}
