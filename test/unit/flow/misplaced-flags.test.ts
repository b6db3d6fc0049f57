import { expect, test } from "bun:test";
import { misplacedFlags } from "../../../src/flow/misplaced-flags.ts";

function warnings(argv: readonly string[], text = "") {
  return misplacedFlags(argv, { file: "/somewhere/flow.ts", text });
}

test("misplacedFlags() warns of a flag of tt behind the script", () => {
  expect(warnings(["--timeout", "5m", "--issue", "4"])).toEqual([
    "--timeout after flow.ts goes to the flow; did you mean: tt run --timeout … flow.ts",
  ]);
});

test("misplacedFlags() says nothing of what follows --", () => {
  expect(warnings(["--", "--json"])).toEqual([]);
});

test.each([
  "if (args.json) print();",
  'const x = args["json"];',
  "const { dry, json } = args;",
  'parseArgs({ json: { type: "boolean" } });',
])("misplacedFlags() trusts a flow that reads the flag: %s", (text) => {
  expect(warnings(["--json"], text)).toEqual([]);
});

test("misplacedFlags() warns when the word only happens to be in the flow", () => {
  expect(warnings(["--timeout=5m"], "await waitForIdle(a, { timeout: '5m' });")).toHaveLength(1);
});
