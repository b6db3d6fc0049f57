/** One thing an agent did in its turn, as its log has it. */
export interface Action {
  readonly verb: string;
  readonly what: string;
  /** What came of it, in a few words. */
  readonly outcome?: string;
}

interface ToolLine {
  readonly type?: string;
  readonly name?: string;
  readonly input?: string;
  readonly output?: string;
  readonly exit_code?: number;
}

/** The actions in an agent's log (`tt logs`): the JSON lines that `sim` writes per tool it uses. */
export function actionsOf(log: string, tt: string): readonly Action[] {
  return log.split("\n").flatMap((line) => {
    const tool = parseLine(line);
    return tool?.type === "tool" ? [describe(tool, tt)] : [];
  });
}

function parseLine(line: string): ToolLine | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: ToolLine = JSON.parse(line);
    return value;
  } catch {
    return undefined; // something a command printed
  }
}

function describe({ name = "", input = "", output, exit_code }: ToolLine, tt: string): Action {
  const lines = output?.trimEnd().split("\n") ?? [];
  if (name === "read") return { verb: name, what: input, outcome: `${lines.length} lines` };
  if (name !== "run") return { verb: name, what: input };
  const own = [`'${tt}' `, `${tt} `].find((prefix) => input.startsWith(prefix));
  if (own !== undefined && exit_code === 0) return { verb: "tt", what: input.slice(own.length) };
  const said = lines.length > 1 ? `${lines.length} lines` : (lines[0]?.trim() ?? "");
  const code = exit_code === 0 ? "" : `exit ${exit_code}`;
  const outcome = [code, said].filter((part) => part !== "").join(", ");
  return { verb: "run", what: inner(input), ...(outcome === "" ? {} : { outcome }) };
}

/** The command inside of `sh -c '…'`. */
function inner(command: string): string {
  const script = /^sh -c '([\s\S]*)'$/.exec(command)?.[1];
  return (script?.replaceAll(`'\\''`, "'") ?? command).replace(/\s+/g, " ");
}
