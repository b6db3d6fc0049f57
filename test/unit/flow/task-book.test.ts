import { describe, expect, test } from "bun:test";
import { asAgentId, asTaskId } from "../../../src/core/ids.ts";
import type { TaskState } from "../../../src/core/task.ts";
import { assignmentKey, type GivenTask, TaskBook } from "../../../src/flow/task-book.ts";

function task(id: string, state: TaskState, observed = false): GivenTask {
  return {
    id: asTaskId(id),
    key: id,
    description: id,
    agentId: asAgentId("a"),
    agentName: "dev",
    site: undefined,
    givenAt: 0,
    state,
    result: undefined,
    error: undefined,
    observed,
  };
}

describe("assignmentKey()", () => {
  test("depends on the agent, the text and the context, and on nothing else", () => {
    const key = assignmentKey("dev", "Build it", []);
    expect(key).toMatch(/^assign:dev:[0-9a-f]{12}$/);
    expect(assignmentKey("dev", "Build it", [])).toBe(key);
    const others = [
      assignmentKey("tester", "Build it", []),
      assignmentKey("dev", "Build it!", []),
      assignmentKey("dev", "Build it", ["assign:dev:1"]),
    ];
    expect(new Set([key, ...others]).size).toBe(4);
  });
});

describe("TaskBook", () => {
  test("numbers repeats of the same key in program order", () => {
    const book = new TaskBook();
    expect([
      book.nextKey("k"),
      book.nextKey("other"),
      book.nextKey("k"),
      book.nextKey("k"),
    ]).toEqual(["k", "other", "k#2", "k#3"]);
  });

  test("gives a key of the flow's own choice to one task", () => {
    const book = new TaskBook();
    expect(book.claimKey("build", "Build it")).toBe("build");
    expect(book.claimKey("build", "Build it")).toBe("build");
    expect(() => book.claimKey("build", "Build something else")).toThrow("another task");
  });

  test("lists what is open, and failures nobody has asked about", () => {
    const book = new TaskBook();
    const states = ["assigned", "running", "completed", "failed", "cancelled"] as const;
    for (const state of states) book.add(task(state, state));
    book.add(task("seen", "failed", true));
    expect(book.open().map((one) => one.key)).toEqual(["assigned", "running"]);
    expect(book.unobservedFailures().map((one) => one.key)).toEqual(["failed", "cancelled"]);
  });

  test("a task found again is the one it had", () => {
    const book = new TaskBook();
    const first = book.add(task("t", "running"));
    expect(book.add(task("t", "running", true))).toBe(first);
    expect(first.observed).toBe(true);
  });
});
