import { describe, expect, test } from "bun:test";
import { renderTree } from "../../../../scripts/demo/render-tree.ts";

describe("renderTree()", () => {
  test("draws every level", () => {
    const tree = {
      text: "run",
      children: [
        { text: "dev", children: [{ text: "read", note: "13 lines" }, { text: "write" }] },
        { text: "files" },
      ],
    };
    expect(renderTree(tree, 80)).toBe(
      ["run", "├─ dev", "│  ├─ read → 13 lines", "│  └─ write", "└─ files"].join("\n"),
    );
  });

  test("cuts a long line before its note", () => {
    const children = [{ text: "run    a rather long command line", note: "12 lines" }];
    expect(renderTree({ text: "x", children }, 32)).toBe("x\n└─ run    a rather l… → 12 lines");
  });
});
