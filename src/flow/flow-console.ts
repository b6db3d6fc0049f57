import { formatWithOptions } from "node:util";

const ON_STDOUT = ["log", "info", "debug"] as const;

/** A console whose lines for stdout go to `onStdout`; the rest is the real one's. */
export function flowConsole(onStdout: (text: string) => void): typeof console {
  const print = (...values: readonly unknown[]): void => {
    onStdout(`${formatWithOptions({ colors: false }, ...values)}\n`);
  };
  const own = ON_STDOUT.map((name) => [name, { value: print }] as const);
  const view: typeof console = Object.create(console, Object.fromEntries(own));
  return view;
}
