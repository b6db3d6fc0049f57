import { describe, expect, test } from "bun:test";
import { chunksOf, loadedWith, slowModules } from "../../../../scripts/bench/module-graph.ts";

type Output = Bun.BuildMetafile["outputs"][string];
type Import = Output["imports"][number];

function chunk(inputs: readonly string[], imports: readonly Import[], entryPoint?: string): Output {
  const sizes = Object.fromEntries(inputs.map((input) => [input, { bytesInOutput: 1 }]));
  const entry = entryPoint === undefined ? {} : { entryPoint };
  return { bytes: 1, inputs: sizes, imports: [...imports], exports: [], ...entry };
}

const graph: Bun.BuildMetafile = {
  inputs: {
    "src/main.ts": { bytes: 1, imports: [] },
    "src/hot.ts": {
      bytes: 1,
      imports: [
        { path: "fs", original: "node:fs", kind: "import-statement", external: true },
        { path: "crypto", original: "node:crypto", kind: "dynamic-import", external: true },
      ],
    },
    "src/cold.ts": {
      bytes: 1,
      imports: [{ path: "tls", kind: "require-call", external: true }],
    },
    "node_modules/ioredis/built/Redis.js": { bytes: 1, imports: [] },
  },
  outputs: {
    "./tt": chunk(
      ["src/main.ts"],
      [
        { path: "./hot.js", kind: "dynamic-import" },
        { path: "./cold.js", kind: "dynamic-import" },
      ],
      "src/main.ts",
    ),
    "./hot.js": chunk(["src/hot.ts"], [], "src/hot.ts"),
    "./cold.js": chunk(
      ["src/cold.ts"],
      [{ path: "./shared.js", kind: "import-statement" }],
      "src/cold.ts",
    ),
    "./shared.js": chunk(["node_modules/ioredis/built/Redis.js"], []),
  },
};

describe("loadedWith()", () => {
  test("follows static imports of chunks and leaves lazy ones out", () => {
    expect(loadedWith(graph, chunksOf(graph, ["src/main.ts"])).files).toEqual(["src/main.ts"]);
    expect(loadedWith(graph, chunksOf(graph, ["src/cold.ts"]))).toEqual({
      files: ["node_modules/ioredis/built/Redis.js", "src/cold.ts"],
      builtins: ["node:tls"],
    });
  });

  test("names built-in modules that are imported at once", () => {
    const loaded = loadedWith(graph, chunksOf(graph, ["src/main.ts", "src/hot.ts"]));
    expect(loaded).toEqual({ files: ["src/hot.ts", "src/main.ts"], builtins: ["node:fs"] });
  });
});

test("slowModules() finds slow packages and slow built-in modules", () => {
  const cold = loadedWith(graph, ["./cold.js"]);
  expect(slowModules(cold)).toEqual(["node_modules/ioredis/built/Redis.js", "node:tls"]);
  expect(slowModules({ files: ["src/redis/ioredis-client.ts"], builtins: ["node:fs"] })).toEqual(
    [],
  );
  expect(slowModules({ files: [], builtins: ["node:stream/promises"] })).toHaveLength(1);
});

test("chunksOf() refuses a source that nothing imports lazily", () => {
  expect(() => chunksOf(graph, ["src/gone.ts"])).toThrow(`"src/gone.ts" is no entry point`);
});
