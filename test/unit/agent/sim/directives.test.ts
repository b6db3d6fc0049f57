import { describe, expect, test } from "bun:test";
import { type Directive, parseSteps, parseWork } from "../../../../src/agent/sim/directives.ts";

const only = (line: string): Directive | undefined => parseWork(line).directives[0];

describe("parseWork()", () => {
  const cases: readonly (readonly [string, Directive])[] = [
    ["SIM: answer all good", { do: "answer", text: "all good" }],
    ["  - sim:answer a\\nb\\tc\\\\n", { do: "answer", text: "a\nb\tc\\n" }],
    ["* Sim:  ANSWER x", { do: "answer", text: "x" }],
    ["SIM: delay 500ms", { do: "delay", ms: 500 }],
    ["SIM: fail no luck", { do: "report", outcome: "failed", text: "no luck" }],
    ["SIM: exit 7", { do: "exit", code: 7 }],
    ["SIM: read src/a.ts", { do: "read", file: "src/a.ts" }],
    [`SIM: write "a b.txt" hello  world`, { do: "write", file: "a b.txt", text: "hello  world" }],
    ["SIM: write a.txt", { do: "write", file: "a.txt", text: "" }],
    ["SIM: append a.txt more\\nlines", { do: "append", file: "a.txt", text: "more\nlines" }],
    [
      "SIM: replace a.txt /b\\/(c)/gi d $1",
      { do: "replace", file: "a.txt", pattern: /b\/(c)/gi, text: "d $1" },
    ],
    ["SIM: run sh -c 'a | b'", { do: "run", argv: ["sh", "-c", "a | b"] }],
    ["SIM: show ls", { do: "show", argv: ["ls"] }],
    ["SIM: background sleep 100", { do: "background", argv: ["sleep", "100"] }],
    ["SIM: send qa it is ready", { do: "tt", argv: ["send", "qa", "it is ready"] }],
    [
      "SIM: send qa --urgent --query why?",
      { do: "tt", argv: ["send", "qa", "--urgent", "--query", "why?"] },
    ],
    ["SIM: ask go on?", { do: "tt", argv: ["send", "conductor", "--query", "go on?"] }],
    ["SIM: tt task list --json", { do: "tt", argv: ["task", "list", "--json"] }],
    ["SIM: complete it works", { do: "complete", text: "it works" }],
    ["SIM: task-fail cannot", { do: "task-fail", text: "cannot" }],
    ["SIM: hang", { do: "hang", hard: false }],
    ["SIM: hang hard", { do: "hang", hard: true }],
    ["SIM: flood 10MB", { do: "flood", bytes: 10_000_000 }],
    ["SIM: flood 1.5k", { do: "flood", bytes: 1_500 }],
    [
      "SIM: rate-limit 30s",
      { do: "report", outcome: "rate_limited", text: "rate limited; try again in 30s" },
    ],
    ["SIM: rate-limit", { do: "report", outcome: "rate_limited", text: "rate limited" }],
    ["SIM: auth-fail", { do: "report", outcome: "auth", text: "not logged in" }],
    [
      "SIM: context-full",
      { do: "report", outcome: "context_exhausted", text: "the conversation is too long" },
    ],
    ["SIM: needs-input which?", { do: "report", outcome: "needs_input", text: "which?" }],
    ["SIM: crash", { do: "crash" }],
    ["SIM: empty", { do: "empty" }],
    ["SIM: stderr oops", { do: "stderr", text: "oops" }],
    ["SIM: once crash", { do: "once", directive: { do: "crash" }, key: "0 crash" }],
  ];
  for (const [line, directive] of cases) {
    test(`reads "${line}"`, () => expect(only(line)).toEqual(directive));
  }

  const misread: readonly (readonly [string, string])[] = [
    ["SIM: anwser x", 'there is no directive "anwser", did you mean "answer"?'],
    ["SIM:", 'there is no directive ""'],
    ["SIM: constructor", 'there is no directive "constructor"'],
    ["SIM: delay soon", "a time such as 500ms or 2s is missing"],
    ["SIM: flood much", "a size such as 10MB is missing"],
    ["SIM: exit now", "give a code"],
    ["SIM: read", "the file is missing"],
    ["SIM: run", "the command is missing"],
    ["SIM: run sh -c 'x", "a ' quote is not closed"],
    ["SIM: replace a.txt b c", "a pattern such as /old/ is missing"],
    ["SIM: send qa", "give an agent and a text"],
    ["SIM: once anwser x", 'did you mean "answer"?'],
    ["SIM: write a.txt <<END\nx", 'no line "END" follows'],
  ];
  for (const [line, why] of misread) {
    test(`says what is wrong with "${line}"`, () => {
      expect(only(line)).toEqual({ do: "misread", problem: expect.stringContaining(why) });
    });
  }

  test("keeps the order and separates the prose", () => {
    const work = parseWork(
      "Build it\nSIM: answer a\nwith care\r\nSIM: answer b\nnot SIM: answer c",
    );
    expect(work.directives.map((d) => ("text" in d ? d.text : ""))).toEqual(["a", "b"]);
    expect(work.prose).toBe("Build it\nwith care\nnot SIM: answer c");
  });

  test("takes the lines up to the end word as the text", () => {
    const text = [
      "SIM: write a.ts <<EOF",
      "SIM: not a directive",
      "x \\n y",
      "",
      "EOF",
      "SIM: empty",
    ];
    expect(parseWork(text.join("\n")).directives).toEqual([
      { do: "write", file: "a.ts", text: "SIM: not a directive\nx \\n y\n" },
      { do: "empty" },
    ]);
  });

  test("tells equal once lines apart", () => {
    const { directives } = parseWork("SIM: once exit 1\nSIM: once exit 1");
    expect(new Set(directives.map((d) => d.do === "once" && d.key)).size).toBe(2);
  });
});

test("parseSteps() reads directives without their mark", () => {
  expect(parseSteps(["write a.txt hello", "answer <<E\n1\n2\nE"])).toEqual([
    { do: "write", file: "a.txt", text: "hello" },
    { do: "answer", text: "1\n2" },
  ]);
});
