import { describe, expect, test } from "bun:test";
import { addCounts, countsOf, NO_TESTS } from "../../../../scripts/lib/test-run.ts";

describe("countsOf()", () => {
  test("reads the totals of a report, not those of its suites", () => {
    const report = `<?xml version="1.0"?>
<testsuites name="bun test" tests="10" assertions="31" failures="2" skipped="3" time="0.01">
  <testsuite name="a" tests="1" assertions="7" failures="1" skipped="0"></testsuite>
</testsuites>`;
    expect(countsOf(report)).toEqual({ passed: 5, failed: 2, skipped: 3, assertions: 31 });
  });

  test("counts nothing in a text that is no report", () => {
    expect(countsOf("")).toEqual(NO_TESTS);
    expect(countsOf("(pass) something")).toEqual(NO_TESTS);
  });
});

test("addCounts() adds every total", () => {
  const one = { passed: 1, failed: 2, skipped: 3, assertions: 4 };
  expect(addCounts(one, one)).toEqual({ passed: 2, failed: 4, skipped: 6, assertions: 8 });
});
