import { describe, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openFlowSource } from "../../../src/flow/flow-source.ts";
import { openModuleHost } from "../../../src/flow/module-host.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../../support/temporary-directory.ts";

interface Setup {
  readonly files: Readonly<Record<string, string>>;
  readonly script?: string;
  readonly globals?: Readonly<Record<string, unknown>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly onError?: (error: unknown) => void;
}

async function open(directory: TemporaryDirectory, setup: Setup) {
  for (const [name, text] of Object.entries(setup.files)) {
    const path = join(directory.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const stdin = async () => setup.files["-"] ?? "";
  const source = await openFlowSource(setup.script ?? "flow.ts", { cwd: directory.path, stdin });
  return openModuleHost({
    source,
    globals: setup.globals ?? {},
    exports: setup.exports ?? {},
    onError: setup.onError ?? (() => undefined),
  });
}

describe("openModuleHost()", () => {
  test("gives the flow's modules free names that nobody else sees", async () => {
    await using directory = await temporaryDirectory();
    const files = {
      "flow.ts":
        'import { inner } from "./lib.ts";\nexport default [hello(), inner(), import.meta.main, "hello" in globalThis];\n',
      "lib.ts": "export const inner = () => hello() + ' from lib';\n",
    };
    using host = await open(directory, { files, globals: { hello: () => "hi" } });
    expect((await host.load()).default).toEqual(["hi", "hi from lib", true, false]);
  });

  test('gives each flow its own "tinytown", by import, import() and require', async () => {
    await using directory = await temporaryDirectory();
    const text =
      'import { spawn } from "tinytown";\nexport default [spawn(), (await import("tinytown")).spawn(), require("tinytown").spawn()];\n';
    const setup = (name: string) => ({
      files: { "flow.ts": text },
      exports: { spawn: () => name },
    });
    using first = await open(directory, setup("first"));
    using second = await open(directory, setup("second"));
    expect((await first.load()).default).toEqual(["first", "first", "first"]);
    expect((await second.load()).default).toEqual(["second", "second", "second"]);
  });

  test("runs standard input, with imports relative to where the caller is", async () => {
    await using directory = await temporaryDirectory();
    const files = {
      "-": 'import { two } from "./two.ts";\nexport default <number>two;\n',
      "two.ts": "export const two = 2;\n",
    };
    using host = await open(directory, { files, script: "-" });
    expect((await host.load()).default).toBe(2);
  });

  test("runs a file without extension as TypeScript and names it in the stack", async () => {
    await using directory = await temporaryDirectory();
    const files = { deploy: "#!/usr/bin/env -S tt run\nthrow <Error>new Error('boom');\n" };
    using host = await open(directory, { files, script: "deploy" });
    const error = await host.load().then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(error instanceof Error && error.stack).toContain("[deploy].ts:2:");
  });

  test("reports errors that nobody awaits, and ends timers when it is disposed", async () => {
    await using directory = await temporaryDirectory();
    const errors = Promise.withResolvers<unknown>();
    const ticks: number[] = [];
    const files = {
      "flow.ts": "setInterval(() => tick(), 1);\nvoid Promise.reject(new Error('floating'));\n",
    };
    const host = await open(directory, {
      files,
      globals: { tick: () => ticks.push(1) },
      onError: errors.resolve,
    });
    await host.load();
    expect(String(await errors.promise)).toBe("Error: floating");
    host[Symbol.dispose]();
    const before = ticks.length;
    await Bun.sleep(20);
    expect(ticks).toHaveLength(before);
  });
});
