import { describe, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openFlowSource } from "../../../src/flow/flow-source.ts";
import { rejection } from "../../support/rejection.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const noInput = async () => "";

describe("openFlowSource()", () => {
  test("runs a TypeScript file as it is", async () => {
    await using directory = await temporaryDirectory();
    const file = join(directory.path, "flow.ts");
    await writeFile(file, "log('x');");
    const source = await openFlowSource("flow.ts", { cwd: directory.path, stdin: noInput });
    expect(source).toEqual({ file, module: file, text: "log('x');", isVirtual: false });
  });

  test("puts standard input into the directory of the caller", async () => {
    const source = await openFlowSource("-", { cwd: "/somewhere", stdin: async () => "log('x');" });
    expect(source).toMatchObject({ file: "/somewhere/[stdin].ts", isVirtual: true });
  });

  test("gives a file without extension a TypeScript name and keeps its own for people", async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, "deploy"), "#!/usr/bin/env -S tt run\n");
    const source = await openFlowSource("deploy", { cwd: directory.path, stdin: noInput });
    expect(source).toMatchObject({
      file: join(directory.path, "deploy"),
      module: join(directory.path, "[deploy].ts"),
      isVirtual: true,
    });
  });

  test("refuses what is missing, a directory, or no flow", async () => {
    await using directory = await temporaryDirectory();
    const options = { cwd: directory.path, stdin: noInput };
    await mkdir(join(directory.path, "flows"));
    await writeFile(join(directory.path, "data.toml"), "x = 1\n");
    expect(await rejection(openFlowSource("gone.ts", options))).toMatchObject({
      code: "E_FILE_NOT_FOUND",
      hint: "tt new flow gone writes one from a template",
    });
    expect(await rejection(openFlowSource("flows", options))).toMatchObject({ code: "E_USAGE" });
    expect(await rejection(openFlowSource("data.toml", options))).toMatchObject({
      code: "E_USAGE",
    });
  });
});
