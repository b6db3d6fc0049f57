import type { InterruptSignal, Interrupts } from "./io.ts";

const SIGNALS: readonly InterruptSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Listens until disposed; after the first signal the default action is back for the next one. */
export function watchInterrupts(): Interrupts {
  const controller = new AbortController();
  let received: InterruptSignal | undefined;
  const release = (): void => {
    for (const name of SIGNALS) process.off(name, listen);
  };
  const listen = (name: NodeJS.Signals): void => {
    received = SIGNALS.find((known) => known === name);
    release();
    controller.abort(new DOMException(`interrupted by ${name}`, "AbortError"));
  };
  for (const name of SIGNALS) process.on(name, listen);
  return { signal: controller.signal, received: () => received, [Symbol.dispose]: release };
}
