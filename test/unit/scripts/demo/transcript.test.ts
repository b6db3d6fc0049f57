import { expect, test } from "bun:test";
import { actionsOf } from "../../../../scripts/demo/transcript.ts";

test("actionsOf() finds what an agent did in its log", () => {
  const log = [
    "--- turn 1 · Design it",
    '{"type":"start","session_id":"1"}',
    '{"type":"tool","name":"read","input":"a.ts","output":"one\\ntwo"}',
    '{"type":"tool","name":"write","input":"b.md"}',
    `{"type":"tool","name":"run","input":"sh -c 'echo '\\\\''hi'\\\\'' | wc'","output":"1\\n","exit_code":0}`,
    '{"type":"tool","name":"run","input":"false","output":"","exit_code":1}',
    `{"type":"tool","name":"run","input":"'/my bin/tt' send dev hello","output":"Sent","exit_code":0}`,
    "{ not json",
    '{"type":"result","text":"done"}',
  ].join("\n");
  expect(actionsOf(log, "/my bin/tt")).toEqual([
    { verb: "read", what: "a.ts", outcome: "2 lines" },
    { verb: "write", what: "b.md" },
    { verb: "run", what: "echo 'hi' | wc", outcome: "1" },
    { verb: "run", what: "false", outcome: "exit 1" },
    { verb: "tt", what: "send dev hello" },
  ]);
});
