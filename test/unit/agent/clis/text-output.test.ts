import { expect, test } from "bun:test";
import { textOutput } from "../../../../src/agent/clis/text-output.ts";

test("textOutput() keeps the end of a flood and says so", () => {
  const parser = textOutput();
  for (let i = 0; i < 300_000; i++) parser.line(`line ${i} ${"x".repeat(20)}`);
  const { text } = parser.end({ code: 0, stderrTail: "" });
  expect(text).toStartWith("[the beginning of a long output is left out]");
  expect(text).toContain("line 299999 ");
  expect(text.length).toBeLessThan(1_100_000);
});

test("textOutput() explains an exit code by stderr, else by the last lines", () => {
  const failing = (stderrTail: string) => {
    const parser = textOutput();
    parser.line("working");
    parser.line("error: model not found");
    return parser.end({ code: 2, stderrTail }).problem;
  };
  expect(failing("")).toEqual({ outcome: "failed", reason: "exit code 2: error: model not found" });
  expect(failing("fatal: 401 Unauthorized\n")?.outcome).toBe("auth");
});
