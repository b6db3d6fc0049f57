import { describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FlowEventBody } from "../../../src/flow/flow-events.ts";
import { runFlow } from "../../../src/flow/run-flow.ts";
import { spawnAgent } from "../../../src/services/agents.ts";
import { listTasks } from "../../../src/services/tasks.ts";
import { waitForIdle } from "../../../src/services/wait-for-idle.ts";
import { type TestTown, testTown } from "../../support/town.ts";
import { waitFor } from "../../support/wait-for.ts";

const FLOWS = join(import.meta.dir, "../../fixtures/flows");

interface Ran {
  readonly exitCode: number;
  readonly reason: string;
  /** What the flow exported. */
  readonly result: unknown;
  readonly events: readonly FlowEventBody[];
  readonly printed: string;
}

interface Run {
  readonly argv?: readonly string[];
  readonly interrupt?: AbortSignal;
  readonly timeoutMs?: number;
  readonly runId?: string;
}

/** Runs a fixture, or a text, in a town, as `tt run` does after the check. */
async function run(
  rig: TestTown,
  flow: { file: string } | { text: string },
  options: Run = {},
): Promise<Ran> {
  const file = "file" in flow ? join(FLOWS, flow.file) : join(rig.root, "[text].ts");
  const text = "file" in flow ? await readFile(file, "utf8") : flow.text;
  const events: FlowEventBody[] = [];
  const printed: string[] = [];
  const end = await runFlow({
    town: await rig.open({ longLived: true }),
    ephemeral: false,
    runId: options.runId ?? crypto.randomUUID().slice(0, 8),
    source: { file, module: file, text, isVirtual: "text" in flow },
    argv: options.argv ?? [],
    env: { NAME: "value" },
    cwd: rig.root,
    ci: true,
    timeoutMs: options.timeoutMs,
    interrupt: options.interrupt ?? new AbortController().signal,
    emit: (event) => events.push(event),
    print: (text) => printed.push(text),
    captureStdout: true,
    strayMs: 20,
  });
  const finished = events.find((event) => event.type === "flow.finished");
  return { ...end, result: finished?.result, events, printed: printed.join("") };
}

type OfType<T extends FlowEventBody["type"]> = FlowEventBody & { readonly type: T };

function ofType<T extends FlowEventBody["type"]>(ran: Ran, type: T): OfType<T>[] {
  return ran.events.filter((event): event is OfType<T> => event.type === type);
}

describe("runFlow()", () => {
  test("gives tasks, waits and reads results; the agents it made end with it", async () => {
    await using rig = await testTown();
    const ran = await run(rig, { file: "tasks.ts" }, { argv: ["--issue", "4"] });
    expect(ran).toMatchObject({ exitCode: 0, reason: "ok" });
    expect(ran.result).toEqual({
      answer: 'sim: did "Design it"',
      context: true,
      sameKeySameTask: true,
      repeats: [1, 2],
      completed: 5,
      states: ["completed", "completed"],
      args: { issue: 4, _: [] },
      name: "value",
      settled: [false, "TASK_FAILED", "no key"],
    });
    expect(ofType(ran, "agent.spawned").map(({ agent }) => agent)).toEqual(["dev", "ops"]);
    const [assigned] = ofType(ran, "task.assigned");
    expect(assigned).toMatchObject({ agent: "dev" });
    expect(assigned?.where).toEndWith("tasks.ts:4");
    expect(ofType(ran, "task.completed")).toHaveLength(5);
    expect(
      ofType(ran, "agent.closed")
        .map(({ agent }) => agent)
        .sort(),
    ).toEqual(["dev", "ops"]);
    expect(ran.printed).toBe("from the flow\n");
  });

  test("takes an agent that is there and leaves it alone at the end", async () => {
    await using rig = await testTown();
    await spawnAgent(rig.town, { name: "dev", role: "tester", nickname: "dd" });
    const text = `
const dev = await spawn("dev", { role: "tester" });
const kept = await spawn("kept", { keep: true });
const conflict = await spawn("dev", { role: "reviewer" }).catch((error) => error.code);
const only = await spawn("dev", { ifExists: "error" }).catch((error) => error.code);
await assign("dd", "by nickname").result();
export default { reused: [dev.reused, kept.reused], conflict, only };
`;
    const ran = await run(rig, { text });
    expect(ran.result).toEqual({
      reused: [true, false],
      conflict: "AGENT_CONFLICT",
      only: "AGENT_CONFLICT",
    });
    expect(ofType(ran, "agent.closed")).toEqual([]);
    const idle = await waitForIdle(rig.town, { agents: ["dev", "kept"] });
    expect(idle.agents).toHaveLength(2);
  });

  test("finds the tasks of a run again instead of giving them twice", async () => {
    await using rig = await testTown();
    const text = `
const dev = await spawn("dev");
const ids = [];
for (const text of ["one", "two", "one"]) ids.push((await assign(dev, text)).id);
await waitForIdle(dev);
export default ids;
`;
    const first = await run(rig, { text }, { runId: "same-run" });
    const second = await run(rig, { text }, { runId: "same-run" });
    expect(second.result).toEqual(first.result);
    expect(ofType(second, "task.found")).toHaveLength(3);
    expect(await listTasks(rig.town)).toHaveLength(3);
    const other = await run(rig, { text }, { runId: "other-run" });
    expect(other.result).not.toEqual(first.result);
  });

  test("lets agents and the conductor get messages, and tells of open questions", async () => {
    await using rig = await testTown();
    const ran = await run(rig, { file: "messages.ts" });
    expect(ran.result).toEqual({
      inbox: ["info for later"],
      sent: ["info", "dev", "conductor"],
      queries: ["dev: Which port?"],
      answered: "dev",
    });
    expect(ofType(ran, "message.sent")).toHaveLength(3);
    const warnings = ofType(ran, "flow.log").map(({ text }) => text);
    expect(warnings).toContain("dev is idle, but waits for an answer: Which port?");
  });
});

const PAST_A_SHORT_SLEEP = `
const first = await Promise.race([
  sleep("30d").then(() => "long sleep"),
  waitForIdle([await spawn("a").then(async (a) => (await assign(a, "x\\nSIM: delay 100ms"), a))], {
    timeout: "30d",
    every: "30d",
  }).then(() => "idle"),
]);
if (first !== "idle") flow.fail(first);
`;

/** No waitForIdle() of the flow: only its end tells. */
const IDLE_BY_STATE = `
for await (const event of town.events({ agent: a, type: "agent.state" })) {
  if (event.from === "working") break;
}
`;

describe("runFlow() ends", () => {
  const cases: readonly (readonly [string, string, number, string, string])[] = [
    [
      "a failed task somebody waits for",
      'const a = await spawn("a");\nawait assign(a, "x\\nSIM: auth-fail no key");\nawait waitForIdle(a);',
      4,
      "task_failed",
      "no key",
    ],
    [
      "a failed task nobody waits for",
      'await assign(await spawn("a"), "x\\nSIM: auth-fail no key");',
      4,
      "task_failed",
      "no key",
    ],
    [
      "a failure that was allowed",
      'const a = await spawn("a");\nawait assign(a, "x\\nSIM: auth-fail no key");\nawait waitForIdle([a], { allowFailures: true });',
      0,
      "ok",
      "",
    ],
    ["a wait for more than a timer can count", `${PAST_A_SHORT_SLEEP}`, 0, "ok", ""],
    [
      "process.exit(0) with a task open",
      'await assign(await spawn("a"), "x\\nSIM: delay 300ms");\nprocess.exit(0);',
      4,
      "task_failed",
      "The flow exited while 1 of its tasks",
    ],
    [
      "an agent that stopped under a wait",
      'const a = await spawn("a");\nawait assign(a, "x\\nSIM: hang");\nawait Promise.all([waitForIdle(a), a.kill("enough")]);',
      4,
      "task_failed",
      'Agent "a" is stopped',
    ],
    [
      "a wait that takes too long",
      'const a = await spawn("a");\nawait assign(a, "x\\nSIM: delay 1s");\nawait waitForIdle([a], { timeout: "50ms" });',
      124,
      "timeout",
      "a is working",
    ],
    [
      "a floating rejection",
      'setTimeout(() => void Promise.reject(new RangeError("floating")));\nawait sleep("10s");',
      1,
      "flow_failed",
      "RangeError: floating",
    ],
    ["an unknown agent", 'await send("nobody", "hello");', 1, "flow_failed", 'no agent "nobody"'],
    [
      "wrong arguments",
      'parseArgs({ issue: { type: "number", required: true } });',
      2,
      "usage",
      "Missing --issue",
    ],
    [
      "a default export nobody can print",
      "const a: unknown[] = [];\na.push(a);\nexport default a;",
      1,
      "flow_failed",
      "cannot be printed as JSON",
    ],
    [
      "a default export nothing calls",
      "export default async function run() {}",
      1,
      "flow_failed",
      "nothing calls",
    ],
    ["process.exitCode", "process.exitCode = 9;", 9, "flow_failed", ""],
    [
      "an error in defer",
      'defer(() => { throw new Error("in defer"); });',
      1,
      "flow_failed",
      "in defer",
    ],
  ];
  test.each(cases)("%s", async (_what, text, exitCode, reason, message) => {
    await using rig = await testTown();
    const ran = await run(rig, { text });
    const finished = ofType(ran, "flow.finished")[0];
    expect({ exitCode: ran.exitCode, reason: ran.reason }).toEqual({ exitCode, reason });
    expect(finished?.failure?.message ?? "").toContain(message);
  });

  test("runs finally and defer when it is interrupted, and refuses everything else", async () => {
    await using rig = await testTown();
    const interrupt = new AbortController();
    const text = `
const dev = await spawn("dev");
defer(() => console.log("first"));
defer(async () => { await send(dev, "goodbye", { kind: "info" }); console.log("second"); });
await assign(dev, "x\\nSIM: delay 100ms");
console.log("waiting");
try {
  await waitForIdle(dev);
} finally {
  console.log(signal.aborted, await assign(dev, "more").catch((error) => error.code));
}
`;
    const running = run(rig, { text }, { interrupt: interrupt.signal });
    const { town } = rig;
    const begun = async () => (await listTasks(town, { state: "running" })).length === 1;
    await waitFor(begun, { what: "the turn" });
    interrupt.abort(new DOMException("interrupted by SIGTERM", "AbortError"));
    const ran = await running;
    expect(ran).toMatchObject({ exitCode: 143, reason: "terminated" });
    expect(ran.printed).toBe("waiting\ntrue ABORTED\nsecond\nfirst\n");
    expect(await listTasks(town)).toHaveLength(1);
  });

  const maxAttempts = { config: "[agent]\nmax_attempts = 1" };
  const message = 'const a = await spawn("a");\nawait send(a, "SIM: fail no way");\n';
  test.each([
    ["somebody waits for", "await waitForIdle(a);", 4, "no way"],
    ["nobody waits for", "", 4, "no way"],
    ["was caught", "await waitForIdle(a).catch(() => {});\nawait a.state();", 0, ""],
    ["was allowed", "await waitForIdle([a], { allowFailures: true });", 0, ""],
    ["no wait was told of", IDLE_BY_STATE, 4, "no way"],
  ])("when the turn of a message fails for good, which %s", async (_what, rest, code, text) => {
    await using rig = await testTown(maxAttempts);
    const ran = await run(rig, { text: message + rest });
    expect(ran.exitCode).toBe(code);
    const failure = ofType(ran, "flow.finished")[0]?.failure;
    expect(failure?.message ?? "").toContain(text);
    if (code !== 0) expect(failure?.message).toStartWith('Message "SIM: fail no way" to "a"');
  });

  test("not before a time limit of more than a timer can count", async () => {
    await using rig = await testTown();
    const text = "export default await sleep(20).then(() => 1);";
    const ran = await run(rig, { text }, { timeoutMs: 30 * 86_400_000 });
    expect(ran).toMatchObject({ exitCode: 0, result: 1 });
  });

  test("within its time limit", async () => {
    await using rig = await testTown();
    const ran = await run(rig, { text: 'await sleep("1h");' }, { timeoutMs: 50 });
    expect(ran).toMatchObject({ exitCode: 124, reason: "timeout" });
  });

  test("within the time limit of defineFlow, which knows its arguments", async () => {
    await using rig = await testTown();
    const text = `
import { defineFlow } from "tinytown";
export default defineFlow({
  name: "nightly",
  timeout: "200ms",
  args: { wait: { type: "boolean" }, n: { type: "number", default: 1 } },
  async run({ args: { wait, n } }) {
    if (wait) await sleep("1h");
    return { name: flow.name, n: n + 1 };
  },
});
`;
    const late = await run(rig, { text }, { argv: ["--wait"] });
    expect(late).toMatchObject({ exitCode: 124, reason: "timeout" });
    const done = await run(rig, { text }, { argv: ["--n", "2"] });
    expect(done).toMatchObject({ exitCode: 0, result: { name: "nightly", n: 3 } });
    const help = await run(rig, { text }, { argv: ["--help"] });
    expect(help).toMatchObject({ exitCode: 0, printed: expect.stringContaining("--n <number>") });
  });
});
