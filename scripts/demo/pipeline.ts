// The demo's flow: four agents, one after the other, each with the results of those before.
// `bun run demo` copies it into a scratch repository and runs it there with `tt run --cli sim`;
// with another --cli it does the same work with a real AI.
import { assign, flow, log, spawn, waitForIdle } from "tinytown";

const architect = await spawn("architect", { role: "architect" });
const developer = await spawn("developer", { role: "developer" });
const tester = await spawn("tester", { role: "tester" });
const reviewer = await spawn("reviewer", { role: "reviewer" });

const design = await assign(
  architect,
  `Design docs/core-map.md, a table of the modules in src/core.
Write the design to docs/design.md. Answer with a line "module: FILE EXPORTS" for each module,
EXPORTS being the number of things it exports.`,
);
await waitForIdle(architect);

const code = await assign(
  developer,
  `Implement the design of docs/core-map.md.
A script tools/core-map.sh turns the architect's "module:" lines into the table; README.md gets a
link to the table.`,
  { context: [design] },
);
await waitForIdle(developer);

const tests = await assign(
  tester,
  `Test docs/core-map.md against the sources.
A script tools/check-map.sh compares every row with them. Answer with what it prints: a line "ok: …", or "not ok: …" with the reason.`,
  { context: [design, code] },
);
const tested = await tests.result();
if (!/^ok: /m.test(tested)) flow.fail(`The table is wrong:\n${tested}`);
log("the table agrees with the sources");

const review = await assign(
  reviewer,
  `Review the change and the result of the test.
Answer with APPROVED or REJECTED and tell the conductor.`,
  { context: [design, code, tests] },
);
const verdict = await review.result();
if (!/^APPROVED\b/m.test(verdict)) flow.fail(`The reviewer did not approve:\n${verdict}`);
await waitForIdle();
