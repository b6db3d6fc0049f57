import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Preloaded into the compiled executable (`BUN_OPTIONS`): writes down which of its chunks a process
 * has loaded, and whether it has touched `process.stdout`, which loads the streams of Node.js.
 */
export interface ModuleTrace {
  readonly argv: readonly string[];
  readonly modules: readonly string[];
  readonly touchedStdout: boolean;
}

const directory = process.env.TT_MODULE_TRACE ?? ".";
const stdout = Object.getOwnPropertyDescriptor(process, "stdout");
const state = { touchedStdout: false };

if (stdout) {
  Object.defineProperty(process, "stdout", {
    configurable: true,
    get() {
      state.touchedStdout = true;
      Object.defineProperty(process, "stdout", stdout);
      return process.stdout;
    },
  });
}

process.on("exit", () => {
  const trace: ModuleTrace = {
    argv: process.argv.slice(2),
    modules: Object.keys(require.cache),
    touchedStdout: state.touchedStdout,
  };
  writeFileSync(join(directory, `${process.pid}.trace.json`), JSON.stringify(trace));
});
