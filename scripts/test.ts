import { build } from "./build.ts";
import { check } from "./check.ts";
import { runScript } from "./lib/run-script.ts";
import { addCounts, runTests } from "./lib/test-run.ts";
import { setup } from "./setup.ts";

/** Everything that must hold: the check, and the stories on the compiled executable. */
await runScript(async () => {
  await setup();
  const { path } = await build();
  const { failedSteps, tests } = await check({ fix: false });
  const stories = await runTests({
    name: "e2e",
    directories: ["test/e2e"],
    env: { TT_BIN: path },
    testTimeoutMs: 60_000,
    timeoutMs: 330_000,
  });
  const total = addCounts(tests, stories);
  // A failed step that is no test counts as one failure, so that the closing line agrees with the exit code.
  const otherFailures = failedSteps.filter((step) => step !== "tests");
  const failed = total.failed + otherFailures.length;
  if (otherFailures.length > 0) console.log(`failed besides tests: ${otherFailures.join(", ")}`);
  console.log(`${total.assertions} assertions, ${total.skipped} tests skipped`);
  console.log(`${total.passed} passed, ${failed} failed`);
  return failed === 0 && total.passed > 0 ? 0 : 1;
});
