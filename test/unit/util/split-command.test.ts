import { describe, expect, test } from "bun:test";
import { joinCommand, splitCommand } from "../../../src/util/split-command.ts";

const argvOf = (line: string): readonly string[] => {
  const split = splitCommand(line);
  if (!split.ok) throw new Error(split.problem);
  return split.argv;
};

describe("splitCommand()", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["", []],
    ["  \t ", []],
    ["claude --print", ["claude", "--print"]],
    ["  a   b\tc\n", ["a", "b", "c"]],
    [`sh -c 'cat | my "cli"'`, ["sh", "-c", 'cat | my "cli"']],
    [`a "b c" d`, ["a", "b c", "d"]],
    [`a "b \\" \\\\ \\$ \\\` \\n"`, ["a", 'b " \\ $ ` \\n']],
    [`a '' ""`, ["a", "", ""]],
    [`--x="a b"'c d'e`, ["--x=a bc de"]],
    [`my\\ cli \\"x`, ["my cli", '"x']],
    [`echo $HOME ~ *.ts | cat; # no`, ["echo", "$HOME", "~", "*.ts", "|", "cat;", "#", "no"]],
    [`x '\\n'`, ["x", "\\n"]],
  ];
  for (const [line, argv] of cases) {
    test(`splits ${JSON.stringify(line)}`, () => expect(argvOf(line)).toEqual(argv));
  }

  test("says which quote is left open", () => {
    expect(splitCommand(`sh -c 'x`)).toEqual({ ok: false, problem: "a ' quote is not closed" });
    expect(splitCommand(`sh "x`)).toEqual({ ok: false, problem: 'a " quote is not closed' });
    expect(splitCommand("x \\")).toEqual({ ok: false, problem: "it ends in a lone backslash" });
  });
});

test("joinCommand() is undone by splitCommand()", () => {
  const argv = ["a", "b c", "", "it's", '"', "\\", "$x", "über", "new\nline", "--a=b,c"];
  expect(argvOf(joinCommand(argv))).toEqual(argv);
});
