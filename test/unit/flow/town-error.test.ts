import { describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import { ConflictError, TimeoutError, UsageError } from "../../../src/core/errors.ts";
import { isTownError, TownError, toTownError } from "../../../src/flow/town-error.ts";

describe("isTownError()", () => {
  const error = new TownError({ code: "TASK_FAILED", message: "no" });

  test("knows its own errors, by code", () => {
    expect(isTownError(error)).toBe(true);
    expect(isTownError(error, "TASK_FAILED")).toBe(true);
    expect(isTownError(error, "TIMEOUT")).toBe(false);
  });

  test("knows one that has lost its class", () => {
    const revived = Object.assign(new Error("no"), { name: "TownError", code: "TASK_FAILED" });
    expect(isTownError(revived, "TASK_FAILED")).toBe(true);
  });

  test("knows no other error", () => {
    expect(isTownError(new Error("no"))).toBe(false);
    expect(isTownError(Object.assign(new Error("no"), { code: "ENOENT" }))).toBe(false);
    expect(isTownError({ code: "TASK_FAILED" })).toBe(false);
    expect(isTownError(undefined)).toBe(false);
  });
});

describe("toTownError()", () => {
  test("keeps message and hint and takes the place of the call", () => {
    const site = { file: "/f.ts", line: 3, column: 1 };
    const error = toTownError(new TimeoutError("too late", "try again"), { site, where: "f.ts:3" });
    expect(error).toMatchObject({
      code: "TIMEOUT",
      exitCode: 124,
      message: "too late",
      hint: "try again",
      where: "f.ts:3",
    });
    expect(error instanceof TownError && TownError.site(error)).toBe(site);
  });

  test("names the agent that ended and leaves its output to the report", () => {
    const message = 'Agent "dev" is stopped (killed)';
    const hint = "its last output:\nline";
    const ended = new ConflictError({ code: "E_AGENT_STOPPED", message, hint });
    const error = toTownError(ended, {});
    expect(error).toMatchObject({ code: "AGENT_STOPPED", agent: "dev", exitCode: 4 });
    expect(error).toHaveProperty("hint", undefined);
  });

  test("leaves a bug as it is", () => {
    const bug = new TypeError("x is not a function");
    expect(toTownError(bug, {})).toBe(bug);
  });
});

test("a TownError prints itself and the user's line, and no source of tt", () => {
  const error = toTownError(new UsageError("Bad name"), { where: "flow.ts:3" });
  expect(inspect(error)).toBe("TownError: [INVALID_ARGUMENT] Bad name\n    at flow.ts:3");
});
