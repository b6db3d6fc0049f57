/**
 * The error that a promise rejects with. Unlike `expect(promise).rejects` it leaves the event loop
 * running meanwhile, so that a promise that never settles meets the test's time limit.
 */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in outcome) throw new Error(`It resolved: ${Bun.inspect(outcome.value)}`);
  if (outcome.error instanceof Error) return outcome.error;
  throw new Error(`It rejected with no Error: ${Bun.inspect(outcome.error)}`);
}
