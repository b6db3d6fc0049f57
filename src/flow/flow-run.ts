import { AsyncLocalStorage } from "node:async_hooks";
import type { Town } from "../services/town.ts";
import { LONGEST_TIMER_MS, longTimer } from "../util/long-timer.ts";
import type { CallSite } from "./call-site.ts";
import { displayPath } from "./display-path.ts";
import { durationMs } from "./duration-option.ts";
import type { EmitFlowEvent } from "./flow-events.ts";
import { TownError, toTownError } from "./town-error.ts";

/** One call of the flow API under way. */
export interface FlowCall {
  readonly name: string;
  readonly site: CallSite | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeout?: unknown;
  /** Works while the flow is being ended too: `send`, `close`, `kill`. */
  readonly always?: boolean;
  /** The flow's end waits for it: a task given or a result asked for, though nobody awaits it. */
  readonly lasting?: boolean;
  /** The flow's end does not even give it a moment: a time-out or a stream that is left over. */
  readonly background?: boolean;
}

export interface FlowRunOptions {
  readonly id: string;
  readonly town: Town;
  /** Directory that relative paths of the flow's caller refer to. */
  readonly cwd: string;
  /** Of the main module, and the name people know it by. */
  readonly source: { readonly file: string; readonly module: string };
  readonly emit: EmitFlowEvent;
}

type PendingCall = FlowCall & { readonly settled: Promise<unknown> };

/** The lifetime of one run of a flow, and the way in for every call its code makes. */
export class FlowRun {
  readonly id: string;
  readonly town: Town;
  readonly cwd: string;
  readonly emit: EmitFlowEvent;
  readonly #source: FlowRunOptions["source"];
  readonly #stop = new AbortController();
  readonly #over = new AbortController();
  readonly #calls = new Set<PendingCall>();
  readonly #bugs = new WeakSet<Error>();
  /** Leaves the flow's context: what is started inside does not end with the flow's modules. */
  readonly #asHost = AsyncLocalStorage.snapshot();
  #hold: ReturnType<typeof setInterval> | undefined;
  #holdsBackground = true;
  #lastCall: FlowCall | undefined;
  #callCount = 0;

  constructor(options: FlowRunOptions) {
    this.id = options.id;
    this.town = options.town;
    this.cwd = options.cwd;
    this.emit = options.emit;
    this.#source = options.source;
  }

  /** Aborted as soon as the flow is to end before its code has; the reason is a TownError. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get lastCall(): FlowCall | undefined {
    return this.#lastCall;
  }

  /** Calls made so far. */
  get callCount(): number {
    return this.#callCount;
  }

  get hasLastingCalls(): boolean {
    return [...this.#calls].some((call) => call.lasting === true);
  }

  isBug(error: unknown): boolean {
    return error instanceof Error && this.#bugs.has(error);
  }

  /** Rejects what is pending and, but for cleaning up, every later call. */
  abort(reason: unknown): void {
    if (!this.#stop.signal.aborted) this.#stop.abort(reason);
  }

  /** From now on every call rejects. */
  end(reason: unknown): void {
    this.abort(reason);
    this.#over.abort(reason);
  }

  asHost<T>(work: () => T): T {
    return this.#asHost(work);
  }

  /** A path as people know it, relative to where they are. */
  displayPath(file: string): string {
    const known = file === this.#source.module ? this.#source.file : file;
    return displayPath(known, this.cwd);
  }

  where(site: CallSite | undefined): string | undefined {
    return site === undefined ? undefined : `${this.displayPath(site.file)}:${site.line}`;
  }

  /** From now on calls in the background do not keep the flow going. */
  leaveBackground(): void {
    this.#holdsBackground = false;
    this.#updateHold();
  }

  /** Sleeps that the flow's end cuts short. */
  get pendingSleeps(): readonly FlowCall[] {
    return [...this.#calls].filter((call) => call.name === "sleep()");
  }

  /** Lets every lasting call settle, and those they lead to. */
  async settleLastingCalls(): Promise<void> {
    for (;;) {
      const lasting = [...this.#calls].filter((call) => call.lasting === true);
      if (lasting.length === 0) return;
      await Promise.allSettled(lasting.map((call) => call.settled));
    }
  }

  /**
   * Does `work` for the flow: outside of its context, holding the event loop, ended by the flow's
   * and the call's own signal and timeout, with errors as the flow's code knows them.
   */
  call<T>(call: FlowCall, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#lastCall = call;
    this.#callCount++;
    const result = this.#asHost(() => this.#perform(call, work));
    const settled = result.then(noop, noop);
    const pending: PendingCall = { ...call, settled };
    this.#begin(pending);
    void settled.then(() => this.#finish(pending));
    return result;
  }

  async #perform<T>(call: FlowCall, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const scope = call.always === true ? this.#over.signal : this.#stop.signal;
    scope.throwIfAborted();
    const bound = new AbortController();
    const release = this.#bind(call, scope, bound);
    try {
      return await rejectOnAbort(work(bound.signal), bound.signal);
    } catch (error) {
      if (bound.signal.aborted) throw bound.signal.reason;
      const where = this.where(call.site);
      const known = toTownError(error, { site: call.site, where });
      if (known === error && !(error instanceof TownError) && error instanceof Error) {
        this.#bugs.add(error);
      }
      throw known;
    } finally {
      release();
    }
  }

  /** Connects what may end a call; plain listeners, because a run makes thousands of calls. */
  #bind(call: FlowCall, scope: AbortSignal, bound: AbortController): () => void {
    const byScope = (): void => bound.abort(scope.reason);
    const byCaller = (): void => {
      bound.abort(this.#failure(call, "ABORTED", `${call.name} was cancelled`));
    };
    scope.addEventListener("abort", byScope, { once: true });
    call.signal?.addEventListener("abort", byCaller, { once: true });
    if (call.signal?.aborted === true) byCaller();
    let timer: Disposable | undefined;
    if (call.timeout !== undefined) {
      const ms = durationMs(call.timeout, "timeout");
      const text = `${call.name} did not finish within ${String(call.timeout)}${unit(call.timeout)}`;
      timer = longTimer(ms, () => bound.abort(this.#failure(call, "TIMEOUT", text)));
    }
    return () => {
      timer?.[Symbol.dispose]();
      scope.removeEventListener("abort", byScope);
      call.signal?.removeEventListener("abort", byCaller);
    };
  }

  #failure(call: FlowCall, code: "ABORTED" | "TIMEOUT", message: string): TownError {
    const cause: unknown = code === "ABORTED" ? call.signal?.reason : undefined;
    return new TownError({ code, message, cause, site: call.site, where: this.where(call.site) });
  }

  #begin(call: PendingCall): void {
    this.#calls.add(call);
    this.#updateHold();
  }

  #finish(call: PendingCall): void {
    this.#calls.delete(call);
    this.#updateHold();
  }

  /** Connections that wait for a reply do not keep the process alive, so pending calls do. */
  #updateHold(): void {
    const holds = this.#holdsBackground
      ? this.#calls.size > 0
      : [...this.#calls].some((call) => call.background !== true);
    if (holds) {
      this.#hold ??= this.#asHost(() => setInterval(noop, LONGEST_TIMER_MS));
    } else {
      clearInterval(this.#hold);
      this.#hold = undefined;
    }
  }
}

function noop(): void {}

function unit(timeout: unknown): string {
  return typeof timeout === "number" ? " ms" : "";
}

/** Settles with the work, or at once with the reason of the abort; the work is then on its own. */
function rejectOnAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  return promise;
}
