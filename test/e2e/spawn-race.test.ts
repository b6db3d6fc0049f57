import { expect, test } from "bun:test";
import { TownRig } from "../support/town-rig.ts";

test("20 tt spawn at once in a fresh home: one server, one host, 20 agents; the 21st is told why not", async () => {
  await using rig = await TownRig.create({ name: "crowd" });
  const config = (await rig.read("tinytown.toml")) ?? "";
  await rig.write("tinytown.toml", config.replace("max_agents = 10", "max_agents = 20"));
  const names = Array.from({ length: 20 }, (_, index) => `agent-${index + 1}`);
  const results = await Promise.all(names.map((name) => rig.tt(["spawn", name])));
  expect(results.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
    names.map(() => ({ code: 0, stderr: "" })),
  );

  const { agents, host } = await rig.status();
  expect(agents.map((agent) => agent.name).sort()).toEqual([...names].sort());
  const commands = rig.processes().map((each) => each.command);
  expect(commands.filter((command) => command.includes("valkey-server"))).toHaveLength(1);
  expect(commands.filter((command) => command.includes("start --background"))).toHaveLength(1);
  expect(commands).toHaveLength(2);
  expect(host.live).toBe(true);

  const late = await rig.tt(["spawn", "agent-21"]);
  expect(late).toMatchObject({ code: 1, stdout: "" });
  expect(late.stderr).toContain("max_agents");
  expect(late.stderr).toContain("20");
  expect((await rig.status()).agents).toHaveLength(20);
});
