import { resolve } from "node:path";

/** Whether this is the compiled executable rather than `bun src/main.ts`. */
export function isCompiled(): boolean {
  return Bun.isStandaloneExecutable;
}

/** The argv that runs this program again with other arguments. */
export function selfCommand(args: readonly string[]): string[] {
  if (isCompiled()) return [process.execPath, ...args];
  return [process.execPath, resolve(import.meta.dir, "../main.ts"), ...args];
}

/** Root of the source tree; `undefined` in the compiled executable, which has none. */
export function sourceRoot(): string | undefined {
  return isCompiled() ? undefined : resolve(import.meta.dir, "../..");
}

/**
 * From now on code is compiled as early as anywhere. The executable starts with a JIT that waits
 * longer, since most commands have ended before it would pay.
 */
export function expectLongRun(): void {
  if (isCompiled()) Bun.unsafe.setJITPolicy(1);
}
