export interface WaitForOptions {
  /** What is awaited, for the message when it does not come. */
  readonly what: string;
  /** Default: 5 s. */
  readonly timeoutMs?: number;
}

const INTERVAL_MS = 5;

type Falsy = false | 0 | "" | null | undefined;

/** Resolves with the condition's value once it is truthy; rejects when time is up. */
export async function waitFor<T>(
  condition: () => T | Falsy | Promise<T | Falsy>,
  { what, timeoutMs = 5000 }: WaitForOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await Bun.sleep(INTERVAL_MS);
  }
}
