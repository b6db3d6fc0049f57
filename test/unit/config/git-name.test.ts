import { describe, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defaultTownName } from "../../../src/config/git-name.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

/** A checkout with this content of `.git/HEAD`. */
async function checkout(name: string, head: string | undefined) {
  const parent = await temporaryDirectory();
  const dir = join(parent.path, name);
  await mkdir(join(dir, ".git"), { recursive: true });
  await mkdir(join(dir, "src", "deep"), { recursive: true });
  if (head !== undefined) await writeFile(join(dir, ".git", "HEAD"), head);
  return { dir, parent: parent.path, [Symbol.asyncDispose]: () => parent[Symbol.asyncDispose]() };
}

describe("defaultTownName()", () => {
  test.each([
    ["My Shop", "ref: refs/heads/main\n", "my-shop-main"],
    ["shop", "ref: refs/heads/feature/log in", "shop-feature-log-in"],
    ["shop", "5a1d3c0000000000000000000000000000000000\n", "shop"],
    ["shop", "", "shop"],
    ["shop", undefined, "shop"],
  ])("of the repository %p at %p is %p", async (name, head, expected) => {
    await using at = await checkout(name, head);
    expect(defaultTownName(at.dir)).toBe(expected);
    expect(defaultTownName(join(at.dir, "src", "deep"))).toBe(expected);
  });

  test("of a worktree has the worktree's branch", async () => {
    await using at = await checkout("shop", "ref: refs/heads/main");
    const real = join(at.dir, ".git", "worktrees", "wt");
    const worktree = join(at.parent, "wt");
    await mkdir(real, { recursive: true });
    await mkdir(worktree);
    await writeFile(join(real, "HEAD"), "ref: refs/heads/fix\n");
    for (const gitdir of [real, "../shop/.git/worktrees/wt"]) {
      await writeFile(join(worktree, ".git"), `gitdir: ${gitdir}\n`);
      expect(defaultTownName(worktree)).toBe("wt-fix");
    }
  });

  test.each([
    ["Büro 7", "b-ro-7"],
    ["...", "tinytown"],
    ["-x-", "x"],
  ])("of the plain directory %p is %p", async (name, expected) => {
    await using parent = await temporaryDirectory();
    await mkdir(join(parent.path, name));
    expect(defaultTownName(join(parent.path, name))).toBe(expected);
  });
});
