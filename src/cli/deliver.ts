import type { Globals } from "./args.ts";
import type { Io } from "./io.ts";
import type { Style } from "./render/style.ts";

interface Presentation<A, T> {
  readonly humanOutput?: "stdout" | "stderr";
  readonly render: (value: T, style: Style, args: A) => string;
  readonly quiet?: (value: T) => string;
  readonly exitCode?: (value: T) => number;
}

interface Destination<A> {
  readonly args: A;
  readonly globals: Globals;
  readonly io: Io;
}

/** Prints a result in the form that was asked for. @returns the exit code it stands for */
export async function deliver<A, T>(
  how: Presentation<A, T>,
  result: Promise<T> | AsyncIterable<T>,
  to: Destination<A>,
): Promise<number> {
  if (!isStream(result)) return await deliverValue(how, await result, to);
  let code = 0;
  const write = await textWriter(how, to);
  for await (const item of result) {
    await (to.globals.json ? to.io.out(`${JSON.stringify(item)}\n`) : write(item));
    code = how.exitCode?.(item) ?? 0;
  }
  return code;
}

async function deliverValue<A, T>(
  how: Presentation<A, T>,
  value: T,
  to: Destination<A>,
): Promise<number> {
  if (to.globals.json) {
    const forPeople = (await to.io.style("stdout")).width !== undefined;
    await to.io.out(`${JSON.stringify(value ?? null, null, forPeople ? 2 : 0)}\n`);
  } else {
    const write = await textWriter(how, to, "\n");
    await write(value);
  }
  return how.exitCode?.(value) ?? 0;
}

async function textWriter<A, T>(
  how: Presentation<A, T>,
  { args, globals, io }: Destination<A>,
  end = "",
): Promise<(value: T) => Promise<void>> {
  if (globals.json) return async () => {};
  const stream = how.humanOutput ?? "stdout";
  const style = await io.style(stream);
  const print = stream === "stdout" ? io.out : io.err;
  return async (value) => {
    const text =
      globals.quiet && how.quiet !== undefined ? how.quiet(value) : how.render(value, style, args);
    await print(text === "" || text.endsWith("\n") ? text : text + end);
  };
}

function isStream<T>(result: Promise<T> | AsyncIterable<T>): result is AsyncIterable<T> {
  return Symbol.asyncIterator in result;
}
