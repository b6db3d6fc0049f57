import { describe, expect, test } from "bun:test";
import type { FlowEvent, FlowEventBody, FlowFailure } from "../../../src/flow/flow-events.ts";
import { isDetail, renderFlowEnd, renderFlowEvent } from "../../../src/flow/render-event.ts";

const PLAIN = { color: false };
const TASK = { task: "0190", key: "assign:dev:1", agent: "dev", description: "Build it\nwell" };

function event(body: FlowEventBody): FlowEvent {
  return { v: 1, at: new Date(0), t: 1_234, run: "8c65d487", ...body };
}

function render(body: FlowEventBody, style = PLAIN): string {
  return renderFlowEvent(event(body), style);
}

describe("renderFlowEvent()", () => {
  test("is one line per change, with the time and the place in the flow", () => {
    const started = { name: "flow.ts", file: "/f.ts", town: "demo", ephemeral: false };
    const lines = [
      render({ type: "flow.started", ...started }),
      render({ type: "flow.started", ...started, ephemeral: true }),
      render({ type: "agent.spawned", agent: "dev", cli: "claude", where: "flow.ts:3" }),
      render({ type: "agent.adopted", agent: "dev", cli: "claude" }),
      render({ type: "task.assigned", ...TASK, where: "flow.ts:4" }),
      render({ type: "task.completed", ...TASK, ms: 42 }),
      render({ type: "task.completed", ...TASK, ms: 61_000 }),
      render({ type: "task.failed", ...TASK, ms: 4_200, detail: "no key" }),
      render({ type: "message.sent", message: "1", to: "dev", kind: "info", urgent: true }),
      render({ type: "agent.closed", agent: "dev", killed: false }),
      render({ type: "flow.open-tasks", tasks: [TASK, TASK] }),
      render({
        type: "flow.waiting",
        waiting: [
          { agent: "dev", state: "working", inbox: 2, task: "Build it", for: 31_000 },
          { agent: "ops", state: "paused", inbox: 0, for: 31_000 },
        ],
      }),
    ];
    expect(lines.join("")).toMatchInlineSnapshot(`
      "   1.23s run 8c65d487 of flow.ts in town "demo"
         1.23s run 8c65d487 of flow.ts in a town of its own
         1.23s spawned dev (claude)  flow.ts:3
         1.23s using dev (claude), which is in the town already
         1.23s assigned dev: "Build it"  flow.ts:4
         1.23s completed dev: "Build it" in 42 ms
         1.23s completed dev: "Build it" in 1m 1s
         1.23s failed dev: "Build it" in 4.2s: no key
         1.23s sent urgent info to dev
         1.23s closed dev
         1.23s the flow's code has ended; waiting for 2 open tasks (dev)
         1.23s waiting: dev is working on "Build it", 2 queued, for 31s; ops is paused, for 31s
      "
    `);
  });

  test("keeps every line of a log entry behind a bar", () => {
    expect(
      render({ type: "flow.log", level: "info", text: "a\n::error::x", fields: { n: 1 } }),
    ).toBe("   1.23s · a\n         │ ::error::x n=1\n");
    expect(render({ type: "flow.log", level: "warn", text: "careful" })).toBe(
      "   1.23s warning: careful\n",
    );
  });

  test("takes escape sequences out of what agents and flows say", () => {
    const text = "\u001b]0;title\u0007\u001b[31mred\u001b[0m\u202e";
    expect(render({ type: "flow.log", level: "info", text })).toBe("   1.23s · red\n");
    const description = `\u001b[2J${text}`;
    expect(render({ type: "task.started", ...TASK, description })).not.toContain("\u001b");
  });

  test("leaves a CI runner no command in what agents say", () => {
    const description = "##[add-mask]true";
    expect(render({ type: "task.started", ...TASK, description })).not.toContain("##[");
    expect(render({ type: "task.failed", ...TASK, detail: description })).not.toContain("##[");
    const fields = { said: "##[group]x" };
    const logged = render({ type: "flow.log", level: "info", text: description, fields });
    expect(logged).not.toContain("##[");
  });

  test("paints only where there is colour", () => {
    expect(render({ type: "task.completed", ...TASK, ms: 1 }, { color: true })).toContain(
      "\u001b[32mcompleted\u001b[39m",
    );
  });

  test("prints nothing for what the flow prints itself", () => {
    expect(render({ type: "flow.stdout", text: "x" })).toBe("");
  });
});

const FAILURE: FlowFailure = {
  code: "TASK_FAILED",
  message: 'Task "Build it" of "dev" failed: no key\nalso: Task "Test it" of "ops" failed',
  where: "flow.ts:3:7",
  codeFrame: "> 3 | await assign(dev)\n    |       ^",
  agent: "dev",
  task: { id: "0190", description: "Build it" },
  output: ["starting", "::error::\u001b[31mno key"],
  hint: "log in",
};

describe("the end of a flow", () => {
  test("that went well is one line", () => {
    expect(render({ type: "flow.finished", reason: "ok", exitCode: 0 })).toBe("   1.23s done\n");
  });

  test("that failed shows the cause, the user's line, the agent's last lines and a hint", () => {
    const finished = { type: "flow.finished", reason: "task_failed", exitCode: 4 } as const;
    expect(render({ ...finished, failure: FAILURE })).toMatchInlineSnapshot(`
      "
      error: [TASK_FAILED] Task "Build it" of "dev" failed: no key
        │ also: Task "Test it" of "ops" failed
        at flow.ts:3:7
          > 3 | await assign(dev)
              |       ^
        agent "dev", task 0190, its last lines:
         │ starting
         │ ::error::no key
      hint: log in
         1.23s task_failed, exit 4
      "
    `);
  });

  test("lets no line of a failure begin as a command of a CI runner does", () => {
    const evil = "said\n::add-mask::true\n  ##[group]x";
    const failure = { message: evil, stack: evil, agent: "dev", output: [evil], hint: evil };
    const text = render({
      type: "flow.finished",
      reason: "task_failed",
      exitCode: 4,
      failure,
      suppressed: [failure],
    });
    expect(text).not.toMatch(/^\s*::/m);
    expect(text).not.toContain("##[");
    expect(text).toContain("\n  │ ::add-mask::true\n");
  });

  test("lists what went wrong after that", () => {
    const text = render({
      type: "flow.finished",
      reason: "flow_failed",
      exitCode: 1,
      failure: { message: "first", stack: "at flow.ts:9:1" },
      suppressed: [{ message: "second" }],
    });
    expect(text).toContain("error: first\n  │ at flow.ts:9:1\n");
    expect(text).toContain("also, after that: error: second");
  });

  test("that failed the check shows each problem with its line", () => {
    const problem = {
      file: "/here/flow.ts",
      where: "flow.ts:12:7",
      line: 12,
      column: 7,
      length: 3,
      message: "TS2304: Cannot find name 'spwn'.",
      lineText: "await spwn();",
    };
    expect(
      render({ type: "flow.finished", reason: "check_failed", exitCode: 3, problems: [problem] }),
    ).toMatchInlineSnapshot(`
      "flow.ts:12:7 - TS2304: Cannot find name 'spwn'.
        > 12 | await spwn();
             |       ^^^
      1 error; nothing has run (--no-check runs it all the same)
      "
    `);
  });

  test("is all that --quiet shows, and only when it failed", () => {
    const ok = event({ type: "flow.finished", reason: "ok", exitCode: 0 });
    expect(renderFlowEnd(ok)).toBe("");
    const failed = event({ type: "flow.finished", reason: "flow_failed", exitCode: 1 });
    expect(renderFlowEnd(failed)).toContain("flow_failed, exit 1");
    expect(renderFlowEnd(event({ type: "flow.log", level: "info", text: "x" }))).toBe("");
  });
});

test("isDetail() tells what --verbose adds", () => {
  expect(isDetail(event({ type: "flow.log", level: "debug", text: "x" }))).toBe(true);
  expect(isDetail(event({ type: "agent.state", agent: "dev", from: "idle", to: "working" }))).toBe(
    true,
  );
  expect(isDetail(event({ type: "flow.log", level: "info", text: "x" }))).toBe(false);
});
