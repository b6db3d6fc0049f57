import type { FlowSource } from "./flow-source.ts";
import { EXPORT_NAMES } from "./flow-types.ts";

/** The instance of a flow's modules. The only file that knows `Bun.ModuleGraph`. */
export interface ModuleHost extends Disposable {
  /** Runs the main module and what it imports; resolves with its exports. */
  readonly load: () => Promise<Readonly<Record<string, unknown>>>;
  /** Calls `fn` as the flow's code: what it starts ends with the flow. */
  readonly run: <T>(fn: () => T) => T;
}

export interface ModuleHostOptions {
  readonly source: FlowSource;
  /** Values of the flow's free names; other flows and tt itself do not see them. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** What `import … from "tinytown"` gives. */
  readonly exports: Readonly<Record<string, unknown>>;
  readonly onError: (error: unknown) => void;
}

/** Free in the flow's modules, so that the module "tinytown" finds the exports of its own flow. */
const EXPORTS_NAME = "__tinytown";

export function openModuleHost(options: ModuleHostOptions): ModuleHost {
  const { source } = options;
  registerModules(source);
  const graph = new Bun.ModuleGraph({
    globals: { ...options.globals, [EXPORTS_NAME]: options.exports },
    onError: options.onError,
  });
  return {
    load: () => graph.import<Readonly<Record<string, unknown>>>(source.module),
    run: (fn) => graph.run(fn),
    [Symbol.dispose]: () => graph.dispose(),
  };
}

/** For the whole process; the modules' code is instantiated in each graph that imports it. */
function registerModules(source: FlowSource): void {
  const lines = EXPORT_NAMES.map((name) => `export const ${name} = ${EXPORTS_NAME}.${name};`);
  Bun.plugin({
    name: "tinytown",
    setup(build) {
      build.module("tinytown", () => ({ contents: lines.join("\n"), loader: "js" }));
      if (!source.isVirtual) return;
      const filter = new RegExp(`^${RegExp.escape(source.module)}$`);
      build.onResolve({ filter }, () => ({ path: source.module, namespace: "file" }));
      build.onLoad({ filter }, () => ({ contents: source.text, loader: "ts" }));
    },
  });
}
