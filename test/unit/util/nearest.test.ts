import { expect, test } from "bun:test";
import { nearest } from "../../../src/util/nearest.ts";

const COMMANDS = ["assign", "inbox", "init", "kill", "list", "send", "spawn", "status", "stop"];

test.each([
  ["asign", "assign"],
  ["spwan", "spawn"],
  ["STATUS", "status"],
  ["stat", "status"],
  ["lst", "list"],
  ["sned", "send"],
])("nearest(%p) is %p", (typed, expected) => {
  expect(nearest(typed, COMMANDS)).toBe(expected);
});

test.each([["frobnicate"], ["x"], [""]])("nearest(%p) is undefined", (typed) => {
  expect(nearest(typed, COMMANDS)).toBeUndefined();
});
