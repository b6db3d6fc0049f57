/** From here on only SIGKILL ends this process. For the stand-in of a CLI that hangs for good. */
export function ignoreTermination(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => undefined);
  }
}
