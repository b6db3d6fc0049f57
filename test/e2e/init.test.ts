import { expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { TownRig } from "../support/town-rig.ts";

interface InitJson {
  readonly name: string;
}

test("tt init writes the configuration of the tutorials, the state directory and a .gitignore entry", async () => {
  await using rig = await TownRig.create();
  await rig.write(".gitignore", "node_modules/");
  await rig.ok("init", "--name", "feature-builder");
  expect(Bun.TOML.parse((await rig.read("tinytown.toml")) ?? "")).toEqual({
    name: "feature-builder",
    default_cli: "claude",
    max_agents: 10,
    redis: { use_socket: true, socket_path: "redis.sock" },
  });
  expect((await rig.read(".gitignore"))?.split("\n")).toContain(".tt/");
  expect((await rig.read(".gitignore"))?.split("\n")).toContain("node_modules/");
  expect(await rig.ok("list")).toContain("No agents");
});

test("tt init in a town exits 2, says what to do and changes nothing", async () => {
  await using rig = await TownRig.create({ name: "first" });
  const before = [await rig.read("tinytown.toml"), await rig.read(".gitignore")];
  const { code, stdout, stderr } = await rig.tt(["init", "--name", "second"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^error: .* is a town already\nhint: .*tinytown\.toml/);
  expect([await rig.read("tinytown.toml"), await rig.read(".gitignore")]).toEqual(before);
});

test("a town is named after repository and branch, else after its directory", async () => {
  await using rig = await TownRig.create();
  const nameIn = async (directory: string): Promise<string> => {
    const { stdout } = await rig.tt(["init", "--json"], { cwd: rig.path(directory) });
    const { name }: InitJson = JSON.parse(stdout);
    return name;
  };
  await mkdir(rig.path("Web Shop"));
  expect(await nameIn("Web Shop")).toBe("web-shop");
  await rig.write("shop/.git/HEAD", "ref: refs/heads/feature/login\n");
  expect(await nameIn("shop")).toBe("shop-feature-login");
  await rig.write("detached/.git/HEAD", "0123456789012345678901234567890123456789\n");
  expect(await nameIn("detached")).toBe("detached");
});

test("a town is found from the directories below it and by --town and TINYTOWN_TOWN", async () => {
  await using rig = await TownRig.create({ name: "upwards" });
  await mkdir(rig.path("src/deep"), { recursive: true });
  await rig.ok("spawn", "dev");
  const ways = [
    rig.tt(["list"], { cwd: rig.path("src/deep") }),
    rig.tt(["list", "--town", rig.root], { cwd: rig.home }),
    rig.tt(["--town", rig.root, "list"], { cwd: rig.home }),
    rig.tt(["list"], { cwd: rig.home, env: { TINYTOWN_TOWN: rig.root } }),
  ];
  for (const { code, stdout } of await Promise.all(ways)) {
    expect(code).toBe(0);
    expect(stdout).toContain("dev (");
  }
});

test("a town works in a path that is too long for a socket", async () => {
  await using rig = await TownRig.create();
  const directory = `${"a rather long name ".repeat(5).trim()}/${"x".repeat(100)}`;
  await mkdir(rig.path(directory), { recursive: true });
  const page = `cd "${directory}"
tt init --name long
tt spawn dev
tt assign dev "SIM: write here.txt yes"
tt wait --timeout 20s`;
  expect(await rig.shell(page)).toMatchObject({ code: 0, stderr: "" });
  expect(await rig.read(`${directory}/here.txt`)).toBe("yes\n");
});
