import { describe, expect, test } from "bun:test";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openFlowSource } from "../../../src/flow/flow-source.ts";
import { flowTypes, runtimeTypes } from "../../../src/flow/flow-types.ts";
import { flowTemplates } from "../../../src/flow/templates.ts";
import { typeCheck } from "../../../src/flow/type-check.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../../support/temporary-directory.ts";

/** `place message` of each problem of the flow `flow.ts` in a project of these files. */
async function problems(files: Readonly<Record<string, string>>, script = "flow.ts") {
  await using directory = await temporaryDirectory();
  return await check(directory, files, script);
}

async function check(
  directory: TemporaryDirectory,
  files: Readonly<Record<string, string>>,
  script: string,
) {
  const cwd = directory.path;
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), text);
  }
  const source = await openFlowSource(script, { cwd, stdin: async () => files["-"] ?? "" });
  const found = await typeCheck(source, {
    cwd,
    types: flowTypes(),
    runtimeTypes: runtimeTypes(),
  });
  return found.map(({ where, message }) => `${where} ${message.split(":", 1)[0]}`);
}

describe("typeCheck()", () => {
  test.each(flowTemplates().map(({ name, text }) => [name, text] as const))(
    "accepts the template %s",
    async (_name, text) => {
      expect(await problems({ "flow.ts": text })).toEqual([]);
    },
  );

  test("checks a flow that uses the globals and imports nothing", async () => {
    const text = 'const a = await spawn("a", "claude");\nawait waitForIdle(a, "b");\n';
    expect(await problems({ "flow.ts": text })).toEqual([]);
  });

  const broken: readonly (readonly [string, string, string])[] = [
    ["an unknown option", 'await spawn("a", { cly: "x" });', "flow.ts:1:20 TS2353"],
    ["a forgotten await", 'const a = spawn("a");\na.name;', "flow.ts:2:3 TS2339"],
    ["a task of the wrong type", 'await assign("a", 5);', "flow.ts:1:19 TS2345"],
    ["a duration without a unit", 'await sleep("5");', "flow.ts:1:13 TS2345"],
    ["a function that does not exist", "await review();", "flow.ts:1:7 TS2304"],
    [
      "an error code that does not exist",
      'import { isTownError } from "tinytown";\nisTownError(1, "NOPE");',
      "flow.ts:2:16 TS2345",
    ],
    ["null where a text must be", "const text: string = null;", "flow.ts:1:7 TS2322"],
    ["an implicit any", "function f(x) { return x; }\nf(1);", "flow.ts:1:12 TS7006"],
    ["a syntax error", "const a = ;", "flow.ts:1:11 Unexpected ;"],
  ];
  test.each(broken)("finds %s", async (_what, text, expected) => {
    expect(await problems({ "flow.ts": text })).toEqual([expected]);
  });

  test("finds mistakes in what the flow imports", async () => {
    const files = {
      "flows/flow.ts": 'import { n } from "../lib/n.ts";\nconsole.log(n);\n',
      "lib/n.ts": 'export const n: number = "one";\n',
    };
    expect(await problems(files, "flows/flow.ts")).toEqual(["lib/n.ts:1:14 TS2322"]);
  });

  test("knows data files, packages without types, Node, Bun and the web", async () => {
    const text = `#!/usr/bin/env -S tt run
import { readFile } from "node:fs/promises";
import { greet } from "greet";
import data from "./data.json";
import settings from "./settings.toml";
import text from "./notes.txt" with { type: "text" };
console.log(await readFile("x", "utf8"), greet(), data.n + 1, settings.x, text.length);
console.log(process.argv, Bun.version, Buffer.from("x"), import.meta.dir, await fetch("http://x"));
`;
    const files = {
      "flow.ts": text,
      "data.json": '{ "n": 1 }',
      "settings.toml": "x = 1\n",
      "notes.txt": "hello\n",
      "node_modules/greet/package.json": '{ "name": "greet", "exports": "./greet.js" }',
      "node_modules/greet/greet.js": "export const greet = () => 1;\n",
    };
    expect(await problems(files)).toEqual([]);
  });

  test("still finds mistakes in a flow that uses Node", async () => {
    const text = 'import { join } from "node:path";\nconst n: number = "x";\njoin("a");\n';
    expect(await problems({ "flow.ts": text })).toEqual(["flow.ts:2:7 TS2322"]);
  });

  test("checks standard input and a file without extension as TypeScript", async () => {
    const text = "const n = <number>5;\nconst s: string = n;\n";
    expect(await problems({ "-": text }, "-")).toEqual(["[stdin].ts:2:7 TS2322"]);
    expect(await problems({ deploy: `#!/usr/bin/env -S tt run\n${text}` }, "deploy")).toEqual([
      "deploy:3:7 TS2322",
    ]);
  });
});

const FLOW =
  'import { q } from "lib/q";\nconst a = await spawn("a");\nconst s: string = q;\na.name;\n';
const Q = "export const q: number = 1;\n";

describe("typeCheck() in a project with a tsconfig.json", () => {
  const paths = '"paths": { "lib/*": ["./src/*"] }';
  const configs: readonly (readonly [string, string])[] = [
    ["paths", `{ "compilerOptions": { "strict": true, ${paths} } }`],
    [
      "another module system",
      `{ "compilerOptions": { "module": "commonjs", "target": "es2019", ${paths} } }`,
    ],
    ["comments and trailing commas", `{ /* our */ "compilerOptions": { ${paths}, }, }`],
    [
      "options TypeScript no longer has",
      `{ "compilerOptions": { "baseUrl": "src", "downlevelIteration": true, "paths": { "lib/*": ["./*"] } } }`,
    ],
    [
      "type packages that are not installed",
      `{ "compilerOptions": { "types": ["node", "jest"], ${paths} } }`,
    ],
    ["a base that is missing", `{ "extends": "./gone.json", "compilerOptions": { ${paths} } }`],
    ["unknown options", `{ "compilerOptions": { "bogus": true, ${paths} } }`],
    [
      "build options",
      `{ "compilerOptions": { "composite": true, "outDir": "dist", "rootDir": "src", "declarationMap": true, ${paths} } }`,
    ],
  ];
  test.each(configs)("with %s, finds the one mistake in the flow", async (_what, config) => {
    const files = { "tsconfig.json": config, "flow.ts": FLOW, "src/q.ts": Q };
    expect(await problems(files)).toEqual(["flow.ts:3:7 TS2322"]);
  });

  test("is as strict as the project wants", async () => {
    const text = "function f(x) { return x; }\nf(1);\n";
    const config = '{ "compilerOptions": { "strict": false } }';
    expect(await problems({ "flow.ts": text, "tsconfig.json": config })).toEqual([]);
  });

  test("leaves no file behind", async () => {
    const own = async () => (await readdir(tmpdir())).filter((name) => /^tt-check-/.test(name));
    const before = await own();
    await problems({
      "flow.ts": FLOW,
      "src/q.ts": Q,
      "tsconfig.json": `{ "extends": "./x.json" }`,
    });
    expect((await own()).filter((name) => !before.includes(name))).toEqual([]);
  });
});
