import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { runCommand } from "../../../../scripts/lib/run-command.ts";
import { isAlive, processIdentity } from "../../../../src/process/alive.ts";
import { waitFor } from "../../../support/wait-for.ts";

test("runCommand() captures both outputs and the exit code", async () => {
  const script = "console.log('out'); console.error('err'); process.exit(7)";
  const result = await runCommand([process.execPath, "-e", script]);
  expect(result).toMatchObject({ code: 7, stdout: "out\n", output: "out\nerr\n", timedOut: false });
});

test("runCommand() runs where and with what it is told", async () => {
  const script = "console.log(process.cwd(), process.env.TT_PROBE)";
  const options = { cwd: tmpdir(), env: { TT_PROBE: "set" } };
  const { stdout } = await runCommand([process.execPath, "-e", script], options);
  expect(stdout).toBe(`${tmpdir()} set\n`);
});

test("runCommand() kills a program that takes too long, with what it has started", async () => {
  const script = `
    const child = Bun.spawn(["sleep", "60"], { stdio: ["ignore", "ignore", "ignore"] });
    process.stdout.write(String(child.pid));
    await child.exited;`;
  const { stdout, code, timedOut } = await runCommand([process.execPath, "-e", script], {
    timeoutMs: 500,
  });
  expect({ timedOut, failed: code !== 0 }).toEqual({ timedOut: true, failed: true });
  const grandchild = processIdentity(Number(stdout));
  await waitFor(() => !isAlive(grandchild), { what: "the end of the grandchild" });
});
