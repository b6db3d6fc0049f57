import { expect, test } from "bun:test";
import type { StatusJson } from "../support/town-rig.ts";
import { TownRig } from "../support/town-rig.ts";

/** Runs a page's commands as they are written, waits, and looks at what became of every task. */
async function follow(rig: TownRig, directory: string, page: string): Promise<StatusJson> {
  const { code, stderr } = await rig.shell(page);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const cwd = rig.path(directory);
  expect(await rig.tt(["wait", "--timeout", "20s"], { cwd })).toMatchObject({ code: 0 });
  const status: StatusJson = JSON.parse((await rig.tt(["status", "--json"], { cwd })).stdout);
  expect(status.totals.completed).toBe(status.totals.total);
  expect(status.tasks.map((task) => task.state)).toEqual(status.tasks.map(() => "completed"));
  return status;
}

test("the tutorial of the first town runs as written", async () => {
  // Without it git explains on stderr what a default branch is.
  const quietGit = {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "init.defaultBranch",
    GIT_CONFIG_VALUE_0: "main",
  };
  await using rig = await TownRig.create({ env: quietGit });
  const page = `
# Create and enter your project
mkdir feature-builder && cd feature-builder

# Initialize git (optional but recommended)
git init

# Initialize tinytown
tt init --name feature-builder

# The implementer
tt spawn dev --model claude

# The tester  
tt spawn tester --model auggie

# The reviewer
tt spawn reviewer --model codex

tt list

# Implementation task
tt assign dev "Create a REST API endpoint POST /users that:
- Accepts {email, password, name}
- Validates email format
- Hashes password with bcrypt
- Returns {id, email, name, created_at}"

# Testing task
tt assign tester "Write integration tests for POST /users:
- Test successful creation
- Test duplicate email rejection
- Test invalid email format
- Test missing required fields"

# Review task
tt assign reviewer "Review the implementation and tests when ready:
- Check for security issues
- Verify error handling
- Ensure tests cover edge cases"

# See overall status
tt status`;
  const { agents, tasks, totals } = await follow(rig, "feature-builder", page);
  expect(agents).toMatchObject([
    { name: "dev", cli: "claude", cliOverride: "sim" },
    { name: "tester", cli: "auggie" },
    { name: "reviewer", cli: "codex" },
  ]);
  expect(totals.total).toBe(3);
  expect(tasks[0]?.description).toEndWith("- Returns {id, email, name, created_at}");
});

const MULTI_AGENT_PAGE = `
mkdir multi-agent-demo && cd multi-agent-demo
tt init --name multi-demo

tt spawn architect --cli claude
tt spawn developer --cli auggie
tt spawn tester --cli codex-mini
tt spawn reviewer --cli claude

tt list

# Spawn agents
tt spawn frontend --cli claude
tt spawn backend --cli auggie
tt spawn docs --cli codex-mini

# Assign tasks (they run in parallel)
tt assign frontend "Build the login UI"
tt assign backend "Build the auth API"
tt assign docs "Write API documentation"

# Monitor progress
tt status

# Spawn workers
tt spawn worker-1 --cli claude
tt spawn worker-2 --cli claude
tt spawn worker-3 --cli claude
tt spawn reviewer --cli claude

# Assign work to all workers
tt assign worker-1 "Implement module A"
tt assign worker-2 "Implement module B"
tt assign worker-3 "Implement module C"

# Monitor until all complete
tt status

# Then aggregate with reviewer
tt assign reviewer "Review modules A, B, and C for consistency"

# Send a message to another agent
tt send reviewer "Auth API implementation complete. Ready for review."

# Send an urgent message
tt send reviewer --urgent "Critical bug found in module A!"`;

test("the tutorial of several agents runs as written, in one town", async () => {
  await using rig = await TownRig.create();
  const { agents, totals } = await follow(rig, "multi-agent-demo", MULTI_AGENT_PAGE);
  expect(agents).toHaveLength(10);
  expect(totals.total).toBe(7);
  const reviewer = agents.find((agent) => agent.name === "reviewer");
  expect(reviewer).toMatchObject({ state: "idle", roundsCompleted: 3, tasksCompleted: 1 });
});

test("the page about coordination runs as written", async () => {
  await using rig = await TownRig.create({ name: "coordination" });
  const page = `
tt spawn backend
tt spawn frontend
tt spawn reviewer  # Always include!

tt assign backend "Build the API"
tt assign frontend "Build the UI"

tt send reviewer "API implementation is ready for review in src/api.rs. Route concrete fixes back to backend and copy conductor if needed."

tt send supervisor --info "Implementation complete; reviewer should take a look"
tt send conductor --query "Need a decision on rollout timing"
tt inbox conductor
tt inbox --all
tt status --deep`;
  const { totals } = await follow(rig, ".", page);
  expect(totals.total).toBe(2);
  const inbox = await rig.ok("inbox", "conductor");
  expect(inbox).toContain("Need a decision on rollout timing");
  expect(inbox).toContain("Implementation complete; reviewer should take a look");
});

test("tt list prints the line of the tutorials", async () => {
  await using rig = await TownRig.create({ name: "feature-builder" });
  for (const name of ["dev", "tester", "reviewer"]) await rig.ok("spawn", name);
  const lines = (await rig.ok("list")).trimEnd().split("\n");
  expect(lines[0]).toBe("Agents:");
  expect(lines.slice(1).map((line) => line.replace(/[0-9a-f]{8}/, "550e8400"))).toEqual([
    "  dev (550e8400-...) - Idle",
    "  tester (550e8400-...) - Idle",
    "  reviewer (550e8400-...) - Idle",
  ]);
});
