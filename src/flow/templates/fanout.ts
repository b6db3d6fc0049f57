// Fan out, fan in: workers share the modules, one reviewer reads all their results.
//
//   tt run --cli sim fanout.ts                    a rehearsal without an AI
//   tt run fanout.ts auth billing search mail     the real thing

// `tt run fanout.ts --help` prints this.
const { modules, workers } = parseArgs({
  modules: {
    type: "list",
    positional: true,
    default: ["auth", "billing", "search"],
    description: "What to implement",
  },
  workers: { type: "number", default: 3, description: "Agents at work at the same time" },
});

// A named agent twice is the same agent, so the numbers make them different ones.
const team = await Promise.all(
  Array.from({ length: workers }, (_, i) => spawn(`worker-${i + 1}`, "claude")),
);
const reviewer = await spawn("reviewer", { cli: "claude", role: "reviewer" });

// More modules than workers are no problem: an agent takes the tasks in its inbox one by one.
const tasks = await Promise.all(
  modules.map((name, i) => {
    const worker = team[i % team.length] ?? reviewer;
    return assign(worker, `Implement the module "${name}". Answer with a summary of five lines.`);
  }),
);

// settled() never rejects, so one failure does not hide what the others did.
const outcomes = await Promise.all(tasks.map((task) => task.settled()));
const done = tasks.filter((_, i) => outcomes[i]?.ok);
log(`${done.length} of ${tasks.length} modules implemented`);
if (done.length === 0) flow.fail("not a single module was implemented");

const review = await assign(
  reviewer,
  `Review the modules ${modules.join(", ")} for consistency: names, errors, duplicated code.`,
  { context: done },
).result();

export default { modules: done.length, failed: tasks.length - done.length, review };
