import { describe, expect, test } from "bun:test";
import { ConflictError, NotFoundError, TinytownError } from "../../../src/core/errors.ts";
import { refusalError } from "../../../src/redis/refusal.ts";
import { luaFiles } from "./lua-files.ts";

const ACTION = 'Cannot assign to "dev"';

/** What each status of a script means to its caller. */
const MEANINGS = [
  [-1, NotFoundError, "E_AGENT_NOT_FOUND", /no agent "first"$/],
  [-2, ConflictError, "E_AMBIGUOUS", /"first" fits more than one: second, third$/],
  [-3, ConflictError, "E_AGENT_LIMIT", /max_agents = second/],
  [-4, ConflictError, "E_AGENT_EXISTS", /cli "second" and role "third"$/],
  [-5, ConflictError, "E_AGENT_STOPPED", /agent "first" is second \(third\)$/],
  [-6, ConflictError, "E_INBOX_FULL", /"first" is full \(second messages\)$/],
  [-7, ConflictError, "E_FENCED", /agent first has another owner now$/],
  [-8, NotFoundError, "E_TASK_NOT_FOUND", /no task "first"$/],
  [-9, ConflictError, "E_TASK_CLOSED", /task first is already second \(third\)$/],
  [-10, ConflictError, "E_AGENT_EXISTS", /the name "first" belongs to another agent \(second\)$/],
  [-11, ConflictError, "E_TASK_CLOSED", /task first is second, nobody works on it$/],
] as const;

describe("a script's refusal", () => {
  test.each(MEANINGS)("%p becomes a %p %s", (status, kind, code, words) => {
    const error = refusalError(ACTION, [status, "first", "second", "third"]);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(words);
    expect(error.message).toStartWith(`${ACTION}: `);
  });

  test.each(MEANINGS)("%p has no gap where there is no reason", (status) => {
    const { message } = refusalError(ACTION, [status, "first", "second", ""]);
    expect(message).not.toMatch(/undefined|null|\(\)|""/);
  });

  test("has a meaning for every status that a script returns", () => {
    const returned = luaFiles().flatMap(({ code }) =>
      [...code.matchAll(/\{ (-\d+)/g)].map(([, n]) => Number(n)),
    );
    const known = MEANINGS.map(([status]): number => status);
    expect([...new Set(returned)].toSorted((a, b) => b - a)).toEqual(known);
  });

  test.each([-12, -99, Number.NaN])("%p that no script returns is a bug", (status) => {
    const error = refusalError(ACTION, [status, "first", "second"]);
    expect(error).not.toBeInstanceOf(TinytownError);
    expect(error.message).toBe(`${ACTION}: unknown refusal ${status} first second  `);
  });

  test("of an agent that is draining says to wait, not to start it", () => {
    expect(refusalError(ACTION, [-5, "dev", "draining", ""])).toMatchObject({
      hint: "tt wait dev",
      message: `${ACTION}: agent "dev" is draining`,
    });
    expect(refusalError(ACTION, [-5, "dev", "stopped", ""])).toMatchObject({
      hint: "tt spawn dev starts it again",
    });
  });
});
