import { expect, test } from "bun:test";
import { resolve } from "node:path";

test("the demo runs its pipeline to the end and leaves nothing", async () => {
  const child = Bun.spawn([process.execPath, resolve(import.meta.dir, "../../scripts/demo.ts")], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect({ code: await child.exited, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("4 of 4 tasks completed");
  expect(stdout).toContain("ok: ");
  for (const agent of ["architect", "developer", "tester", "reviewer"]) {
    expect(stdout).toContain(`─ ${agent}\n`);
  }
  expect(stdout).toContain("tools/core-map.sh");
  expect(stdout).toEndWith("removed the scratch repository\n");
});
