// One agent after the other: design, implement, test, each fed by the ones before.
//
//   tt run --cli sim sequential.ts                  a rehearsal without an AI
//   tt run sequential.ts --feature "password reset" the real thing

const feature = String(args.feature ?? "user authentication with JWT tokens");

// spawn(name, cli) creates the agent or takes the one there is. They end with the flow.
const architect = await spawn("architect", "claude");
const developer = await spawn("developer", "auggie");
const tester = await spawn("tester", "codex-mini");

// assign(…) resolves when the task is safely in the agent's inbox; the agent works meanwhile.
const design = await assign(
  architect,
  `Design a REST API for ${feature}. Answer with the endpoints, their inputs, outputs and errors.`,
);
await waitForIdle(architect);

// `context` puts the answers of finished tasks into the prompt.
const code = await assign(
  developer,
  `Implement the API for ${feature} from the architect's design.`,
  {
    context: [design],
  },
);
await waitForIdle(developer);

const tests = await assign(tester, `Write tests for the API for ${feature} and run them.`, {
  context: [design, code],
});

// result() waits and gives the agent's answer. A task that failed ends the flow here, with exit code 4.
log(`tests: ${await tests.result()}`);

// The default export is printed on stdout as JSON.
export default { feature, tests: await tests.result() };
