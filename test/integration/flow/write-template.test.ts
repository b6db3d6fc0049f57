import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { flowTemplates } from "../../../src/flow/templates.ts";
import { writeTemplate } from "../../../src/flow/write-template.ts";
import { rejection } from "../../support/rejection.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

test("writeTemplate() writes the text of a template as a new file", async () => {
  await using directory = await temporaryDirectory();
  const name = join(directory.path, "flows", "review");
  const written = await writeTemplate(name, "gate");
  expect(written).toMatchObject({ template: "gate", file: `${name}.ts` });
  const gate = flowTemplates().find((template) => template.name === "gate");
  expect(await readFile(written.file, "utf8")).toBe(gate?.text ?? "");
});

test("writeTemplate() overwrites nothing and knows no other template", async () => {
  await using directory = await temporaryDirectory();
  const name = join(directory.path, "mine.ts");
  await Bun.write(name, "// mine\n");
  expect(await rejection(writeTemplate(name))).toMatchObject({ code: "E_USAGE" });
  expect(await Bun.file(name).text()).toBe("// mine\n");
  const unknown = await rejection(writeTemplate(join(directory.path, "new"), "fan-out"));
  expect(unknown).toMatchObject({ code: "E_USAGE", hint: expect.stringContaining("fanout") });
  expect(existsSync(join(directory.path, "new.ts"))).toBe(false);
});
