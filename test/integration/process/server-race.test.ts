import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ensureServer } from "../../../src/process/managed-server.ts";
import {
  BUILT_SERVER,
  type ManagedServerRig,
  managedServerRig,
} from "../../support/managed-server-rig.ts";
import { waitFor } from "../../support/wait-for.ts";

const FIXTURE = resolve(import.meta.dir, "../../fixtures/process/ensure-server.ts");
const RACERS = 20;

interface Visit {
  readonly outcome: "found" | "started";
  readonly count: number;
}

function startRacers(rig: ManagedServerRig) {
  return Array.from({ length: RACERS }, () =>
    Bun.spawn([process.execPath, FIXTURE, rig.directory], { stdio: ["ignore", "pipe", "inherit"] }),
  );
}

async function readVisits(racers: ReturnType<typeof startRacers>): Promise<Visit[]> {
  const texts = await Promise.all(racers.map((racer) => new Response(racer.stdout).text()));
  return texts.filter((text) => text !== "").map((text) => JSON.parse(text) as Visit);
}

const numbers = (from: number) => Array.from({ length: RACERS }, (_, index) => from + index);
const counts = (visits: readonly Visit[]) => visits.map(({ count }) => count).sort((a, b) => a - b);

test("ensureServer() ends with one server when 20 processes need it at the same time", async () => {
  await using rig = await managedServerRig();
  const visits = await readVisits(startRacers(rig));
  expect(visits.filter(({ outcome }) => outcome === "started")).toHaveLength(1);
  expect(counts(visits)).toEqual(numbers(1));
  expect(rig.livingServers()).toHaveLength(1);
});

test("ensureServer() replaces a killed server once, with its socket and pid file left over", async () => {
  await using rig = await managedServerRig();
  await readVisits(startRacers(rig).slice(0, RACERS));
  const [pid = 0] = rig.livingServers();
  await waitFor(() => readFileSync(rig.paths.pidFile, "utf8").trim() === String(pid), {
    what: "pid file",
  });
  process.kill(pid, "SIGKILL");
  const visits = await readVisits(startRacers(rig));
  expect(visits.filter(({ outcome }) => outcome === "started").length).toBe(1);
  expect(counts(visits)).toEqual(numbers(RACERS + 1));
  expect(rig.livingServers()).toHaveLength(1);
});

test("ensureServer() succeeds in every survivor when starters are killed in the middle", async () => {
  await using rig = await managedServerRig();
  const racers = startRacers(rig);
  const killed = new Set(racers.filter((_, index) => index % 2 === 0));
  // Spread over the first moments, in which the survivors of the first kills take the lock.
  for (const racer of killed) {
    await Bun.sleep(Math.random() * 12);
    racer.kill("SIGKILL");
  }
  const survivors = racers.filter((racer) => !killed.has(racer));
  const visits = await readVisits(survivors);
  expect(visits).toHaveLength(survivors.length);
  expect(new Set(counts(visits)).size).toBe(survivors.length);
  expect(await Promise.all(survivors.map((racer) => racer.exited))).toEqual(survivors.map(() => 0));
  expect(rig.livingServers()).toHaveLength(1);
  expect(await ensureServer(rig.paths, { executable: async () => BUILT_SERVER })).toBe("found");
});
