import { describe, expect, test } from "bun:test";
import { EXPORT_NAMES, flowTypes, GLOBAL_NAMES } from "../../../src/flow/flow-types.ts";
import { flowTemplates } from "../../../src/flow/templates.ts";
import { EXIT_BY_FLOW_CODE } from "../../../src/flow/town-error.ts";

describe("flowTypes()", () => {
  const types = flowTypes();

  test.each([...EXPORT_NAMES])("declares %s for imports", (name) => {
    expect(types).toMatch(new RegExp(`export (function|const|class) ${name}\\b`));
  });

  test.each([...GLOBAL_NAMES])("declares %s as a global", (name) => {
    expect(types).toContain(`declare var ${name}: typeof import("tinytown").${name};`);
  });

  test("declares nothing that cannot be imported", () => {
    const module = types.slice(types.indexOf("declare module"), types.indexOf("\n}\n"));
    const values = [...module.matchAll(/^ {2}export (?:function|const|class) (\w+)/gm)];
    expect(new Set(values.map(([, name]) => name ?? ""))).toEqual(new Set<string>(EXPORT_NAMES));
  });

  test("names every code an error can have", () => {
    const codes = types.slice(types.indexOf("export type ErrorCode"));
    const declared = [...codes.slice(0, codes.indexOf(";")).matchAll(/"([A-Z_]+)"/g)];
    expect(declared.map(([, code]) => code ?? "").sort()).toEqual(
      Object.keys(EXIT_BY_FLOW_CODE).sort(),
    );
  });
});

test("flowTemplates() has the five patterns, each described and with a way to try it", () => {
  const templates = flowTemplates();
  expect(templates.map(({ name }) => name)).toEqual([
    "sequential",
    "parallel",
    "fanout",
    "messaging",
    "gate",
  ]);
  for (const { name, description, text } of templates) {
    expect(description.length).toBeGreaterThan(20);
    expect(text).toContain(`tt run --cli sim ${name}.ts`);
  }
});
