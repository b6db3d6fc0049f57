/**
 * Errors nobody catches arrive in three places: the promise of the flow's modules, the graph's own
 * handler, and here, when they come out of a loop of tt's, such as the one that reads from Redis.
 */
export function catchStrayErrors(onError: (error: unknown) => void): Disposable {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  for (const event of events) process.on(event, onError);
  return {
    [Symbol.dispose]: () => {
      for (const event of events) process.off(event, onError);
    },
  };
}
