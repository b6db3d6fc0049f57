import { describe, expect, test } from "bun:test";
import {
  renderAgentEnd,
  renderAgentList,
  renderSpawned,
} from "../../../../src/cli/render/agents.ts";
import { PLAIN_STYLE } from "../../../../src/cli/render/style.ts";
import { asAgentId } from "../../../../src/core/ids.ts";
import { COLORED, sampleAgent } from "./samples.ts";

const TEAM = [
  sampleAgent(),
  sampleAgent({ name: "tester", id: asAgentId("6ba7b810-9dad-11d1-80b4-00c04fd430c8") }),
  sampleAgent({ name: "reviewer", id: asAgentId("6ba7b811-9dad-11d1-80b4-00c04fd430c8") }),
];

describe("renderAgentList()", () => {
  test("prints the lines that the tutorial shows", () => {
    expect(renderAgentList(TEAM, PLAIN_STYLE)).toBe(
      [
        "Agents:",
        "  dev (550e8400-...) - Starting",
        "  tester (6ba7b810-...) - Starting",
        "  reviewer (6ba7b811-...) - Starting",
      ].join("\n"),
    );
  });

  test("says why an agent is in error, without its escape sequences", () => {
    const agent = sampleAgent({ state: "error", reason: "\u001b[31mnot logged in\u001b[0m\nmore" });
    expect(renderAgentList([agent], PLAIN_STYLE)).toEndWith("- Error: not logged in");
  });

  test("paints on a terminal with colours only", () => {
    expect(renderAgentList(TEAM, COLORED)).toContain("\u001b[36mStarting\u001b[39m");
  });

  test("tells what to type when there is none", () => {
    expect(renderAgentList([], PLAIN_STYLE)).toBe("No agents. Start one: tt spawn NAME");
  });
});

describe("renderSpawned()", () => {
  test("says what happened and what to type next", () => {
    const agent = sampleAgent({ model: "opus" });
    expect(renderSpawned({ agent, action: "created" }, PLAIN_STYLE)).toMatchInlineSnapshot(`
      "Spawned agent dev (550e8400-...) on claude, model opus
      Next: tt assign dev "<task>", then tt status or tt logs dev --follow"
    `);
    expect(renderSpawned({ agent, action: "restarted" }, PLAIN_STYLE)).toStartWith(
      "Restarted agent",
    );
  });

  test("does not claim to have started one that was there", () => {
    const agent = sampleAgent({ state: "working" });
    expect(renderSpawned({ agent, action: "reused" }, PLAIN_STYLE)).toStartWith(
      "Agent dev is already there: claude, Working\n",
    );
  });
});

test("renderAgentEnd() names agent, state and reason", () => {
  const agent = sampleAgent({ state: "stopped", reason: "killed by the conductor" });
  expect(renderAgentEnd(agent, PLAIN_STYLE)).toBe(
    "Agent dev (550e8400-...) - Stopped: killed by the conductor",
  );
});
