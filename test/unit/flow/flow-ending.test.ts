import { describe, expect, test } from "bun:test";
import { FlowEnding } from "../../../src/flow/flow-ending.ts";
import type { FlowEventBody } from "../../../src/flow/flow-events.ts";
import { ExitRequest } from "../../../src/flow/flow-process.ts";
import { TownError } from "../../../src/flow/town-error.ts";

/** What `FlowEnding` uses of a run. */
function ending() {
  const stop = new AbortController();
  const events: FlowEventBody[] = [];
  const flowEnding = new FlowEnding({
    signal: stop.signal,
    abort: (reason) => stop.abort(reason),
    emit: (event) => events.push(event),
  });
  return { ending: flowEnding, signal: stop.signal, events };
}

describe("FlowEnding", () => {
  test("the first error ends the flow, later ones are kept beside it", async () => {
    const { ending: end, signal } = ending();
    const [first, second] = [new Error("first"), new Error("second")];
    end.fail(first);
    end.fail(second);
    await end.ended;
    expect(end.cause).toEqual({ kind: "error", error: first });
    expect(end.suppressed).toEqual([second]);
    expect(signal.reason).toMatchObject({ code: "ABORTED", cause: first });
  });

  test("a signal is graver than a time-out, and that than an error", () => {
    const { ending: end } = ending();
    const error = new Error("boom");
    end.fail(error);
    end.stop("timeout", "late");
    expect(end.cause).toMatchObject({ kind: "stopped", reason: "timeout" });
    end.stop("interrupted", "Interrupted by SIGINT");
    end.stop("timeout", "late");
    expect(end.cause).toMatchObject({ kind: "stopped", reason: "interrupted" });
    expect(end.suppressed).toEqual([error]);
  });

  test("an error is graver than an exit the flow asked for", () => {
    const { ending: end } = ending();
    end.exit(new ExitRequest(0));
    expect(end.cause).toEqual({ kind: "exit", exitCode: 0 });
    const error = new Error("boom");
    end.fail(error);
    expect(end.cause).toEqual({ kind: "error", error });
  });

  test("what the abort itself made calls reject with is no error", () => {
    const { ending: end, signal } = ending();
    end.stop("interrupted", "Interrupted by SIGINT");
    end.fail(signal.reason);
    end.fail(new Error("wrapped by the flow", { cause: signal.reason }));
    end.fail(new ExitRequest(3));
    expect(end.suppressed).toEqual([]);
  });

  test("says that it cleans up, once it was told to stop", () => {
    const { ending: end, events } = ending();
    end.stop("interrupted", "Interrupted by SIGINT");
    expect(events).toMatchObject([{ type: "flow.log", level: "warn" }]);
    expect(JSON.stringify(events)).toContain("cleaning up (Ctrl-C again ends it at once)");
  });

  test("the budget for cleaning up runs from the first cause, but never to nothing", () => {
    const { ending: end } = ending();
    expect(end.remaining(10_000)).toBe(10_000);
    end.fail(new Error("boom"));
    expect(end.remaining(10_000)).toBeWithin(9_000, 10_001);
    expect(end.remaining(0)).toBe(1_000);
  });

  test("knows when the town is out of reach", () => {
    const { ending: end } = ending();
    end.fail(new TownError({ code: "TOWN_UNAVAILABLE", message: "gone" }));
    expect(end.isTownGone).toBe(true);
  });
});
