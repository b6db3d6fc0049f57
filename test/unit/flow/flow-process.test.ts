import { afterEach, describe, expect, test } from "bun:test";
import { ExitRequest, type FlowProcess, openFlowProcess } from "../../../src/flow/flow-process.ts";

/** The view as the flow's code has it. */
function view(opened: FlowProcess): NodeJS.Process {
  return opened.process as NodeJS.Process;
}

describe("openFlowProcess()", () => {
  const requests: ExitRequest[] = [];
  const open = (onStdout?: (text: string) => void) =>
    openFlowProcess({ argv: ["tt", "/f.ts", "x"], onExit: (r) => requests.push(r), onStdout });
  afterEach(() => requests.splice(0));

  test("has the flow's argv and everything else of the process", () => {
    using opened = open();
    expect(view(opened).argv).toEqual(["tt", "/f.ts", "x"]);
    expect(view(opened).pid).toBe(process.pid);
    expect(view(opened).cwd()).toBe(process.cwd());
    expect(view(opened).hrtime.bigint()).toBeGreaterThan(0n);
  });

  test("exit() reports the code and unwinds the caller", () => {
    using opened = open();
    expect(() => view(opened).exit(42)).toThrow(ExitRequest);
    expect(() => view(opened).exit()).toThrow(ExitRequest);
    expect(requests.map((request) => request.exitCode)).toEqual([42, 0]);
  });

  test("exit() of the real process is replaced until it is disposed", () => {
    const real = process.exit;
    {
      using _opened = open();
      expect(() => process.exit(7)).toThrow(ExitRequest);
    }
    expect(process.exit).toBe(real);
    expect(requests.map((request) => request.exitCode)).toEqual([7]);
  });

  test("keeps exitCode to itself, and exit() without a code uses it", () => {
    using opened = open();
    expect(opened.exitCode()).toBeUndefined();
    view(opened).exitCode = 3;
    expect(opened.exitCode()).toBe(3);
    expect(process.exitCode).not.toBe(3);
    expect(() => view(opened).exit()).toThrow(ExitRequest);
    expect(requests[0]?.exitCode).toBe(3);
  });

  test("listeners on the view are listeners of the process", () => {
    using opened = open();
    const heard: string[] = [];
    const listener = (): void => void heard.push("yes");
    view(opened).once("tt-test" as "exit", listener);
    process.emit("tt-test" as "exit", 0);
    expect(heard).toEqual(["yes"]);
  });

  test("stdout can be caught", () => {
    const texts: string[] = [];
    using opened = open((text) => texts.push(text));
    expect(view(opened).stdout.write("a")).toBe(true);
    view(opened).stdout.write(new TextEncoder().encode("b"));
    expect(texts).toEqual(["a", "b"]);
    expect(view(opened).stdout.isTTY).toBe(process.stdout.isTTY);
  });
});
