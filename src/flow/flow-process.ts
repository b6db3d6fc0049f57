/** Unwinds a flow's code after it asked the process to exit; nothing reports it as an error. */
export class ExitRequest extends Error {
  override readonly name = "ExitRequest";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`the flow asked to exit with code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

export interface FlowProcess extends Disposable {
  /** The flow's free name `process`. */
  readonly process: unknown;
  /** What the flow's code set `process.exitCode` to. */
  readonly exitCode: () => number | undefined;
}

export interface FlowProcessOptions {
  readonly argv: readonly string[];
  readonly onExit: (request: ExitRequest) => void;
  /** Gets what the flow's code writes to `process.stdout`; without it that goes to stdout. */
  readonly onStdout?: ((text: string) => void) | undefined;
}

/**
 * The process as a flow sees it: its own argv, and an exit that lets tt clean up first. `exit` is
 * replaced on the real object too until this is disposed, for code that imports `node:process`.
 */
export function openFlowProcess(options: FlowProcessOptions): FlowProcess {
  let exitCode: number | undefined;
  const exit = (code?: unknown): never => {
    const request = new ExitRequest(numeric(code) ?? exitCode ?? 0);
    options.onExit(request);
    throw request;
  };
  const { onStdout } = options;
  const own = new Map<PropertyKey, unknown>([
    ["argv", options.argv],
    ["exit", exit],
    ["reallyExit", exit],
    ...(onStdout === undefined ? [] : [stdoutEntry(onStdout)]),
  ]);
  const bound = new Map<PropertyKey, unknown>();
  const view = new Proxy(process, {
    get: (target, name) => {
      if (name === "exitCode") return exitCode;
      if (own.has(name)) return own.get(name);
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function" || Object.keys(value).length > 0) return value;
      // Called on the view, `on` would keep listeners that nothing ever calls.
      if (!bound.has(name)) bound.set(name, value.bind(target));
      return bound.get(name);
    },
    set: (target, name, value) => {
      if (name !== "exitCode") return Reflect.set(target, name, value, target);
      exitCode = numeric(value);
      return true;
    },
  });
  const restore = replaceExit(exit);
  return {
    process: view,
    exitCode: () => exitCode ?? restore.exitCode(),
    [Symbol.dispose]: restore.undo,
  };
}

function replaceExit(exit: (code?: unknown) => never) {
  const real: unknown = Reflect.get(process, "exit");
  const before: unknown = Reflect.get(process, "exitCode");
  Reflect.set(process, "exit", exit);
  return {
    exitCode: (): number | undefined => {
      const now: unknown = Reflect.get(process, "exitCode");
      return now === before ? undefined : numeric(now);
    },
    undo: (): void => {
      Reflect.set(process, "exit", real);
      Reflect.set(process, "exitCode", before);
    },
  };
}

function numeric(code: unknown): number | undefined {
  if (code === undefined || code === null || code === "") return undefined;
  const number = Number(code);
  return Number.isInteger(number) ? number & 0xff : 1;
}

function stdoutEntry(onStdout: (text: string) => void): [PropertyKey, unknown] {
  const write = (chunk: unknown, ...rest: readonly unknown[]): boolean => {
    onStdout(typeof chunk === "string" ? chunk : new TextDecoder().decode(asBytes(chunk)));
    const callback = rest.at(-1);
    if (typeof callback === "function") queueMicrotask(() => callback());
    return true;
  };
  const stdout = new Proxy(process.stdout, {
    get: (target, name) => {
      if (name === "write") return write;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return ["stdout", stdout];
}

function asBytes(chunk: unknown): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : new TextEncoder().encode(String(chunk));
}
