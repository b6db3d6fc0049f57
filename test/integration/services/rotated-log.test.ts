import { describe, expect, test } from "bun:test";
import { appendFile, mkdir, rename, truncate, writeFile } from "node:fs/promises";
import { registerAgent } from "../../../src/services/agents.ts";
import { outputFile, readLog } from "../../../src/services/logs.ts";
import { testTown } from "../../support/town.ts";
import { waitFor } from "../../support/wait-for.ts";

type Replace = (file: string) => Promise<void>;

/** Each leaves "three\nfour\n" in the place of what was there. */
const REPLACED: readonly (readonly [string, Replace])[] = [
  [
    "put aside, as a turn does with a large one",
    async (file) => {
      await rename(file, `${file}.1`);
      await writeFile(file, "three\nfour\n");
    },
  ],
  [
    "put aside, and the new one is longer at once",
    async (file) => {
      await writeFile(`${file}.new`, "three\nfour\n\n\n\n\n\n\n\n\n\n\n\n");
      await rename(file, `${file}.1`);
      await rename(`${file}.new`, file);
    },
  ],
  [
    "emptied",
    async (file) => {
      await truncate(file);
      await appendFile(file, "three\nfour\n");
    },
  ],
];

describe.each(REPLACED)("a log that is %s", (_, replace) => {
  test.each([undefined, 1])("is followed (lines: %p)", async (lines) => {
    await using rig = await testTown();
    await registerAgent(rig.town, { name: "dev" });
    await mkdir(rig.town.paths.logDir("dev"), { recursive: true });
    const file = outputFile(rig.town, "dev");
    await writeFile(file, "the line before\ntwo has no end");
    const seen: string[] = [];
    const controller = new AbortController();
    const options = { agent: "dev", follow: true, lines, signal: controller.signal };
    const following = (async () => {
      for await (const line of readLog(rig.town, options)) seen.push(line);
    })();
    await waitFor(() => seen.length > 0, { what: "the first line" });
    await replace(file);
    await waitFor(() => seen.includes("four"), { what: "what came after" });
    controller.abort();
    await following;
    const before = lines === undefined ? ["the line before", "two has no end"] : ["two has no end"];
    expect(seen.filter((line) => line !== "")).toEqual([...before, "three", "four"]);
  });
});
