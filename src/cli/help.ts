import { UsageError } from "../core/errors.ts";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { renderCommandList, renderHelp } from "./render/help.ts";
import { type CommandGroup, ROOT } from "./root.ts";

const INTRO = "tt runs a town of AI coding agents: their CLIs work, you assign and coordinate.";

/** Prints the help of the program, a group or a command. @param topic the words after `tt help` */
export async function printHelp(topic: readonly string[], io: Io): Promise<number> {
  const style = await io.style("stdout");
  const [first, second] = topic;
  const entry = first === undefined ? undefined : ROOT[first];
  if (first === undefined) {
    const commands = await describeAll();
    await io.out(
      `${renderCommandList({ intro: INTRO, usage: "tt <command> [options]", commands }, style)}\n`,
    );
    return 0;
  }
  if (entry === undefined) {
    throw new UsageError(`No help for unknown command "${first}"`, "tt help lists the commands");
  }
  if (typeof entry !== "function" && second === undefined) {
    const intro = `${entry.description}.`;
    const usage = `tt ${first} <command> [options]`;
    const commands = (await loadGroup(entry)).map(({ meta }) => meta);
    await io.out(`${renderCommandList({ intro, usage, commands }, style)}\n`);
    return 0;
  }
  const load = typeof entry === "function" ? entry : entry.commands[second ?? ""];
  if (load === undefined) {
    throw new UsageError(
      `No help for unknown command "${first} ${second}"`,
      `tt help ${first} lists the commands`,
    );
  }
  await io.out(`${renderHelp(await load(), style)}\n`);
  return 0;
}

/** Every command that can be run, for the help and the tests that walk all of them. */
export async function loadAllCommands(): Promise<Command[]> {
  const commands: Command[] = [];
  for (const entry of Object.values(ROOT)) {
    commands.push(...(typeof entry === "function" ? [await entry()] : await loadGroup(entry)));
  }
  return commands;
}

async function loadGroup(group: CommandGroup): Promise<Command[]> {
  const commands: Command[] = [];
  for (const load of Object.values(group.commands)) commands.push(await load());
  return commands;
}

/** One line per command, a group counting as one, in alphabetical order. */
async function describeAll(): Promise<{ name: string; description: string }[]> {
  const rows: { name: string; description: string }[] = [];
  for (const [name, entry] of Object.entries(ROOT)) {
    if (typeof entry === "function") {
      const { meta } = await entry();
      if (meta.hidden !== true) rows.push({ name, description: meta.description });
    } else {
      rows.push({ name, description: entry.description });
    }
  }
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}
