import { expect, test } from "bun:test";
import { relayed, relayedAfterLabel } from "../../../src/util/relayed.ts";

const EVIL = "fine\n::add-mask::true\r\n\u001b[1m\t::error::x\n\n##[group]x";

test("relayed() puts every line behind a bar", () => {
  expect(relayed(EVIL)).toBe("│ fine\n│ ::add-mask::true\n│ \t::error::x\n│\n│ ## [group]x");
  expect(relayed("::a", "  │ ")).toBe("  │ ::a");
});

test("relayedAfterLabel() leaves the first line to its label", () => {
  expect(relayedAfterLabel("one")).toBe("one");
  expect(relayedAfterLabel("one\n::two", "  │ ")).toBe("one\n  │ ::two");
});
