// Agents that talk to each other: a hand-over by message, and an urgent one that goes first.
//
//   tt run --cli sim messaging.ts    a rehearsal without an AI
//   tt run messaging.ts              the real thing

const backend = await spawn("backend", "claude");
const reviewer = await spawn("reviewer", { cli: "claude", role: "reviewer" });

// Information rides along in the agent's next prompt and does not start a turn of its own.
await send(
  reviewer,
  "Backend will hand you the billing API. Send fixes straight back to backend.",
  {
    kind: "info",
  },
);

const api = await assign(
  backend,
  `Build the billing API: invoices, payments, refunds.
When it is ready, tell the reviewer: tt send reviewer "Billing API is ready for review in <files>"`,
);
await api.result();

// An urgent message is handled before everything that waits in the regular inbox.
await assign(reviewer, "Write the release notes of the billing API.");
await send(reviewer, "Critical: refunds can be repeated. Look at that before anything else!", {
  urgent: true,
});

// Idle means: nothing queued, nothing under way, for both at the same moment. So it covers the
// messages they send each other, too.
const { queries } = await waitForIdle([backend, reviewer], { timeout: "30m" });

// What agents asked the conductor, and nobody has answered.
for (const query of queries) console.log(`${query.from} asks: ${query.text}`);

const { tasks } = await town.status();
log(`${tasks.completed} tasks completed, ${tasks.failed} failed`);
