import { expect, test } from "bun:test";
import { mkdir, symlink } from "node:fs/promises";
import { outputFile } from "../../../src/services/logs.ts";
import { testTown } from "../../support/town.ts";
import { spawnAll, townHost, work } from "../../support/town-host.ts";

test("a full disk takes an agent's log, not its turn, and the host says so", async () => {
  await using rig = await testTown();
  await using host = await townHost(rig);
  await mkdir(rig.town.paths.logDir("dev"), { recursive: true });
  await symlink("/dev/full", outputFile(rig.town, "dev"));
  await spawnAll(rig.town, "dev", "other");
  expect(await work(rig.town, "dev", "SIM: answer 42")).toMatchObject({
    state: "completed",
    result: "42",
  });
  expect(host.log.join("\n")).toMatch(/^dev: its log is not complete: ENOSPC/m);
  expect((await work(rig.town, "other", "x")).state).toBe("completed");
});
