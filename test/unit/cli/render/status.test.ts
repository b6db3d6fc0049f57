import { describe, expect, test } from "bun:test";
import { renderStatus, type StatusFrame } from "../../../../src/cli/render/status.ts";
import { PLAIN_STYLE } from "../../../../src/cli/render/style.ts";
import { sampleAgent, sampleTask, TERMINAL } from "./samples.ts";

const STATUS: StatusFrame = {
  town: "feature-builder",
  root: "/home/ada/feature-builder",
  server: "unix:///home/ada/feature-builder/.tt/redis.sock",
  host: { live: true, pid: 4711 },
  agents: [
    {
      ...sampleAgent({ state: "working", roundsCompleted: 3, tasksCompleted: 2 }),
      inbox: 2,
      urgent: 1,
      inFlight: 1,
      counts: { task: 2, query: 1, info: 0, ack: 0 },
      currentTaskDescription: "Build the login page",
      recent: [],
    },
  ],
  tasks: [],
  totals: { total: 6, pending: 1, assigned: 1, running: 1, completed: 2, failed: 1, cancelled: 0 },
  at: new Date("2026-03-01T12:10:00Z"),
};

const BRIEF = { deep: false, tasks: false, watch: false };

describe("renderStatus()", () => {
  test("shows town, agents, queues, work and totals", () => {
    expect(renderStatus(STATUS, PLAIN_STYLE, BRIEF)).toMatchInlineSnapshot(`
      "Town: feature-builder
      Root: /home/ada/feature-builder
      Redis: unix:///home/ada/feature-builder/.tt/redis.sock
      Host: live (pid 4711)
      Agents: 1
         dev (Working), 3 pending, 1 urgent, T:2 Q:1 I:0 C:0
           - Working: Build the login page
      Tasks: 6 total, 1 pending, 2 in flight, 3 done, of them 1 failed
      "
    `);
  });

  test("shows icons where they can be shown", () => {
    expect(renderStatus(STATUS, TERMINAL, BRIEF)).toStartWith("🏘️ Town: feature-builder\n");
  });

  test("says that no host runs", () => {
    expect(
      renderStatus({ ...STATUS, host: { live: false, pid: undefined } }, PLAIN_STYLE, BRIEF),
    ).toContain("Host: not running");
  });

  test("adds rounds, uptime, events and output with --deep", () => {
    const [agent] = STATUS.agents;
    if (agent === undefined) throw new Error("no agent");
    const event = {
      id: "1-0",
      at: new Date("2026-03-01T12:09:18Z"),
      type: "task_completed",
      message: "completed 019cafe0",
      agentId: undefined,
      taskId: undefined,
      messageId: undefined,
      oldState: undefined,
      newState: undefined,
      outcome: undefined,
    };
    const deep = {
      ...STATUS,
      agents: [{ ...agent, recent: [event] }],
      lastOutput: { dev: ["running tests", "\u001b[32mok\u001b[0m"] },
    };
    expect(renderStatus(deep, PLAIN_STYLE, { ...BRIEF, deep: true })).toMatchInlineSnapshot(`
      "Town: feature-builder
      Root: /home/ada/feature-builder
      Redis: unix:///home/ada/feature-builder/.tt/redis.sock
      Host: live (pid 4711)
      Agents: 1
         dev (Working), 3 pending, 1 urgent, T:2 Q:1 I:0 C:0, rounds 3, done 2, up 10m
           - Working: Build the login page
           - 42s ago: completed 019cafe0
           - | running tests
           - | ok
      Tasks: 6 total, 1 pending, 2 in flight, 3 done, of them 1 failed
      "
    `);
  });

  test("groups tasks by agent with --tasks, those of nobody last", () => {
    const tasks = [
      sampleTask({ agentName: undefined, state: "pending", description: "later" }),
      ...Array.from({ length: 6 }, (_, i) => sampleTask({ description: `job ${i}` })),
    ];
    expect(
      renderStatus({ ...STATUS, tasks }, PLAIN_STYLE, { ...BRIEF, tasks: true }),
    ).toMatchInlineSnapshot(`
      "Town: feature-builder
      Root: /home/ada/feature-builder
      Redis: unix:///home/ada/feature-builder/.tt/redis.sock
      Host: live (pid 4711)
      Agents: 1
         dev (Working), 3 pending, 1 urgent, T:2 Q:1 I:0 C:0
           - Working: Build the login page
      Tasks: 6 total, 1 pending, 2 in flight, 3 done, of them 1 failed
         dev: 6 open, 0 done
           019cafe0-1111 running job 0
           019cafe0-1111 running job 1
           019cafe0-1111 running job 2
           019cafe0-1111 running job 3
           019cafe0-1111 running job 4
           and 1 more
         unassigned: 1 open, 0 done
           019cafe0-1111 pending later
      "
    `);
  });

  test("redraws on a terminal and prints block after block elsewhere with --watch", () => {
    const watch = { ...BRIEF, watch: true };
    expect(renderStatus(STATUS, TERMINAL, watch)).toStartWith("\u001b[H\u001b[J");
    expect(renderStatus(STATUS, PLAIN_STYLE, watch)).toEndWith("failed\n\n");
  });
});
