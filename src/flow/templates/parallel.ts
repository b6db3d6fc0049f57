// Independent work at the same time: give everybody a task, then wait once.
//
//   tt run --cli sim parallel.ts    a rehearsal without an AI
//   tt run parallel.ts              the real thing

const frontend = await spawn("frontend", "claude");
const backend = await spawn("backend", "auggie");
const docs = await spawn("docs", "codex-mini");

// assign(…) does not wait for the work, so the three of them start at once.
await assign(frontend, "Build the login page: form, validation, error messages.");
await assign(backend, "Build POST /login: check the password, issue a token, limit the attempts.");
await assign(docs, "Write the API documentation of POST /login with an example for each answer.");

// Until all three are idle at the same moment. Rejects when one of the tasks failed.
const { completed, waited } = await waitForIdle(frontend, backend, docs);
log(`${completed.length} tasks done in ${Math.round(waited / 1000)} s`);

for (const task of completed) console.log(`${task.agent.name}: ${await task.result()}`);
