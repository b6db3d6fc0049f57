import { expect, test } from "bun:test";
import { repoRoot } from "../../../scripts/lib/repo-root.ts";
import { licenceTexts, runtimePackages } from "../../../scripts/licenses.ts";

test("licenceTexts() has a text for Bun and for every package of the executable", async () => {
  const packages = await runtimePackages(repoRoot);
  const texts = await licenceTexts();
  const names = packages.map((each) => each.manifest.name);
  expect(names).toContain("ioredis");
  expect(names).toContain("redis-errors");
  expect(names).not.toContain("typescript");
  for (const { manifest } of packages) {
    expect(texts).toContain(`\n${manifest.name} ${manifest.version} (`);
  }
  expect(texts).toContain(`\nBun ${Bun.version}\n`);
  expect(texts).toContain("LGPL-2");
});
