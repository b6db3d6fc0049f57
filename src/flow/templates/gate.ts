// Nothing passes without the reviewer: work, review, rework, at most three rounds.
//
//   tt run --cli sim gate.ts                      a rehearsal without an AI
//   tt run gate.ts --task "Build POST /signup"    the real thing

const { task, rounds } = parseArgs({
  task: { type: "string", default: "Build POST /login. Passwords are hashed with argon2id." },
  rounds: { type: "number", default: 3, description: "Reviews before the flow gives up" },
});

const backend = await spawn("backend", "claude");
const reviewer = await spawn("reviewer", { cli: "codex", role: "reviewer" });

let work = await assign(backend, task);
await work.result();

for (let round = 1; ; round++) {
  const verdict = await assign(
    reviewer,
    `Review round ${round}: ${task}
Look for secrets in logs, missing tests and unhandled errors.
Start your answer with a line "APPROVED" or "REJECTED"; after REJECTED list what has to change.${rehearsal(round)}`,
    { context: [work] },
  ).result();

  // Anything but a clear yes is a no.
  if (/^\W*APPROVED\b/m.test(verdict) && !/^\W*REJECTED\b/m.test(verdict)) {
    log(`approved in round ${round}`);
    break;
  }
  if (round >= rounds) flow.fail(`rejected ${round} times; the last review:\n${verdict}`);

  log(`rejected in round ${round}; back to ${backend.name}`);
  work = await assign(backend, `The review found problems. Fix them all.\n\n${verdict}`);
  await work.result();
}

export default { result: await work.result() };

/** `sim` cannot judge: it is told to say no once and then yes. A real agent gets nothing of this. */
function rehearsal(round: number): string {
  if (reviewer.cli !== "sim" && env.TT_CLI !== "sim") return "";
  const answer = round === 1 ? "REJECTED\\n- the password appears in a log line" : "APPROVED";
  return `\nSIM: answer ${answer}`;
}
