import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "sim-main.ts");
let cwd = "";
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "tt-sim-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function start(prompt: string) {
  return Bun.spawn([process.execPath, MAIN], {
    cwd,
    stdin: new Blob([prompt]),
    stdout: "pipe",
    stderr: "inherit",
  });
}

/** Resolves once the process has printed something that contains the text. */
async function printed(stdout: ReadableStream<Uint8Array>, text: string): Promise<void> {
  const decoder = new TextDecoder();
  let all = "";
  for await (const chunk of stdout) {
    all += decoder.decode(chunk, { stream: true });
    if (all.includes(text)) return;
  }
  throw new Error(`ended without "${text}": ${all}`);
}

test("sim as a process prints a result and exits with its code", async () => {
  const child = start("SIM: answer hi");
  expect(await child.stdout.text()).toContain('"text":"hi"');
  expect(await child.exited).toBe(0);
});

test("sim kills itself on demand", async () => {
  const child = start("SIM: crash");
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
});

test("sim hangs until it is asked to end", async () => {
  const child = start("SIM: hang");
  await printed(child.stdout, '"name":"hang"');
  child.kill("SIGTERM");
  expect(await child.exited).toBe(143);
});

test("sim that hangs hard ends by SIGKILL only", async () => {
  const child = start("SIM: hang hard");
  await printed(child.stdout, '"name":"hang"');
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) child.kill(signal);
  // Nothing tells that a signal was ignored: a process that obeys it is gone well before.
  expect(await Promise.race([child.exited, Bun.sleep(150)])).toBeUndefined();
  child.kill("SIGKILL");
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
});

test("sim leaves a background command in a session of its own", async () => {
  const child = start("SIM: background sleep 600\nSIM: answer left");
  const output = await child.stdout.text();
  await child.exited;
  const pid = Number(/pid (\d+)/.exec(output)?.[1]);
  try {
    const session = Bun.spawnSync(["ps", "-o", "sid=", "-p", String(pid)]).stdout.toString();
    expect(Number(session)).toBe(pid);
  } finally {
    process.kill(pid, "SIGKILL");
  }
});

test("sim does not wait for what a command leaves on its output", async () => {
  const child = start("SIM: show sh -c 'echo out; sleep 600 & echo $!'\nSIM: answer end");
  const output = await child.stdout.text();
  expect(output).toContain('"text":"out\\n');
  process.kill(Number(/out\\n(\d+)/.exec(output)?.[1]), "SIGKILL");
});
