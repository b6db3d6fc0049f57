import { describe, expect, test } from "bun:test";
import {
  bundleGraph,
  chunksOf,
  loadedWith,
  slowModules,
} from "../../../../scripts/bench/module-graph.ts";

const graph = await bundleGraph();

/** What a command in a town with a live host imports lazily besides its own module. */
const OPENING = ["src/services/open-town.ts", "src/redis/bun-client.ts"];

describe("the static imports of a hot command hold no slow module", () => {
  test("tt --version", () => {
    const loaded = loadedWith(graph, chunksOf(graph, ["src/main.ts"]));
    expect(slowModules(loaded)).toEqual([]);
  });

  test.each(["assign", "send", "inbox", "status", "stop"])("tt %s", (name) => {
    const sources = ["src/main.ts", `src/cli/commands/${name}.ts`, ...OPENING];
    const loaded = loadedWith(graph, chunksOf(graph, sources));
    expect(loaded.files).toContain(`src/cli/commands/${name}.ts`);
    expect(slowModules(loaded)).toEqual([]);
  });
});
