import { describe, expect, test } from "bun:test";
import { PLAIN_STYLE } from "../../../../src/cli/render/style.ts";
import {
  renderAssigned,
  renderCurrentTask,
  renderTask,
  renderTaskDecided,
  renderTaskList,
} from "../../../../src/cli/render/tasks.ts";
import { asTaskId } from "../../../../src/core/ids.ts";
import { COLORED, sampleTask, TERMINAL } from "./samples.ts";

describe("renderAssigned()", () => {
  const result = {
    taskId: asTaskId("019cafe0-1111-7222-8333-444455556666"),
    agentName: "dev",
    existing: false,
    state: "assigned",
  } as const;

  test("names the task and the agent", () => {
    expect(renderAssigned(result)).toBe(
      "Assigned task 019cafe0-1111-7222-8333-444455556666 to dev",
    );
  });

  test("says that a task was there before", () => {
    expect(renderAssigned({ ...result, existing: true, state: "running" })).toBe(
      "Task 019cafe0-1111-7222-8333-444455556666 was already assigned to dev (running)",
    );
  });
});

describe("renderTaskList()", () => {
  const tasks = [
    sampleTask(),
    sampleTask({ state: "pending", agentName: undefined, description: "x".repeat(100) }),
  ];

  test("is an aligned table on a terminal", () => {
    expect(renderTaskList(tasks, TERMINAL)).toMatchInlineSnapshot(`
      "ID             STATE    AGENT  TASK
      019cafe0-1111  running  dev    Build the login page
      019cafe0-1111  pending  -      xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..."
    `);
  });

  test("is tab-separated with full ids elsewhere", () => {
    expect(renderTaskList(tasks, PLAIN_STYLE).split("\n")[0]).toBe(
      "019cafe0-1111-7222-8333-444455556666\trunning\tdev\tBuild the login page",
    );
  });

  test("is empty for scripts and a sentence for people when there is none", () => {
    expect(renderTaskList([], PLAIN_STYLE)).toBe("");
    expect(renderTaskList([], TERMINAL)).toBe("No tasks.");
  });
});

describe("renderTask()", () => {
  test("shows everything, texts in full", () => {
    const task = sampleTask({
      state: "completed",
      outcome: "done",
      tags: ["auth", "ui"],
      attempts: 2,
      startedAt: new Date("2026-03-01T12:00:01Z"),
      completedAt: new Date("2026-03-01T12:05:00Z"),
      result: "Built.\n\n\u001b[2JTests pass.",
    });
    expect(renderTask(task, PLAIN_STYLE)).toMatchInlineSnapshot(`
      "Task 019cafe0-1111-7222-8333-444455556666
        State:     completed (done)
        Agent:     dev
        Tags:      auth, ui
        Attempts:  2
        Created:   2026-03-01T12:00:00.000Z
        Started:   2026-03-01T12:00:01.000Z
        Completed: 2026-03-01T12:05:00.000Z
        Description:
          │ Build the login page
          │ with tests
        Result:
          │ Built.
          │
          │ Tests pass."
    `);
  });

  test("keeps our colours and removes those of the agent", () => {
    const text = renderTask(sampleTask({ description: "\u001b[31mred" }), COLORED);
    expect(text).toContain("\u001b[33mrunning\u001b[39m");
    expect(text).not.toContain("\u001b[31m");
  });

  test("calls the text of a cancelled task a reason and that of a failed one an error", () => {
    expect(renderTask(sampleTask({ state: "cancelled", error: "late" }), PLAIN_STYLE)).toContain(
      "Reason:",
    );
    expect(renderTask(sampleTask({ state: "failed", error: "late" }), PLAIN_STYLE)).toContain(
      "Error:",
    );
  });
});

test("renderCurrentTask() tells how to complete it", () => {
  expect(renderCurrentTask(sampleTask(), PLAIN_STYLE)).toEndWith(
    'tt task complete 019cafe0-1111-7222-8333-444455556666 --result "<summary>"',
  );
  expect(renderCurrentTask(undefined, PLAIN_STYLE)).toBe("No current task.");
});

test("renderTaskDecided() names the new state and the text", () => {
  expect(renderTaskDecided(sampleTask({ state: "failed", error: "no schema" }))).toBe(
    "Task 019cafe0-1111-7222-8333-444455556666 failed: Build the login page\n  │ no schema",
  );
});
