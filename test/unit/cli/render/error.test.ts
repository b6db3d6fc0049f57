import { expect, test } from "bun:test";
import { renderError } from "../../../../src/cli/render/error.ts";
import { renderLogLine } from "../../../../src/cli/render/logs.ts";
import { PLAIN_STYLE } from "../../../../src/cli/render/style.ts";
import { AgentError } from "../../../../src/core/errors.ts";
import { TERMINAL } from "./samples.ts";

test("renderError() lets no line of an agent begin as a command of a CI runner does", () => {
  const error = new AgentError({
    code: "E_AGENT_FAILED",
    message: 'Agent "dev" cannot work (why\n::add-mask::true)',
    hint: "its last output:\n::error::x\n  ##[group]x",
  });
  expect(renderError(error, PLAIN_STYLE, { verbose: false })).toBe(
    'error: Agent "dev" cannot work (why\n│ ::add-mask::true)\nhint: its last output:\n│ ::error::x\n│   ## [group]x',
  );
  const more = `${renderError(error, PLAIN_STYLE, { verbose: true })}
${renderError(new Error("bug\n::error::x"), PLAIN_STYLE, { verbose: false })}`;
  expect(more).not.toMatch(/^\s*::|##\[/m);
});

test("renderLogLine() keeps a line as it is for files and pipes only", () => {
  const line = "\u001b[1m::error::##[x";
  expect(renderLogLine(line, PLAIN_STYLE)).toBe(`${line}\n`);
  expect(renderLogLine(line, TERMINAL)).toBe("::error::## [x\n");
  expect(renderLogLine(line, { ...PLAIN_STYLE, runner: true })).toBe("│ ::error::## [x\n");
});
