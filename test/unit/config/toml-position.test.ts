import { describe, expect, test } from "bun:test";
import { keyPosition } from "../../../src/config/toml-position.ts";

const SOURCE = `name = "x"

  max_agents = 3
[redis]
url = "a"
"quoted" = 1
[ agent_clis . "my cli" ]
command = "b"
[[rule]]
match = "c"
`;

describe("keyPosition()", () => {
  test.each([
    [["name"], { line: 1, column: 1 }],
    [["max_agents"], { line: 3, column: 3 }],
    [["redis"], { line: 4, column: 1 }],
    [["redis", "url"], { line: 5, column: 1 }],
    [["redis", "quoted"], { line: 6, column: 1 }],
    [["rule", "match"], { line: 10, column: 1 }],
    [["url"], {}],
    [["missing", "key"], {}],
  ])("of %p is %p", (path, expected) => {
    expect(keyPosition(SOURCE, path)).toEqual(expected);
  });
});
