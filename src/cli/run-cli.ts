import { UsageError } from "../core/errors.ts";
import { buildInfo } from "./build-info.ts";
import type { Io } from "./io.ts";
import { type CommandGroup, type CommandLoader, ROOT } from "./root.ts";

/**
 * Runs one command line; never rejects.
 *
 * @param argv without the program's name
 * @returns the exit code; 129, 130 and 143 mean that a signal ended it
 */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    const { failureExit } = await import("./report-failure.ts");
    const verbose = argv.includes("--verbose") || argv.includes("-v");
    return await failureExit(error, io, { json: argv.includes("--json"), verbose });
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const { flags, word, rest } = splitWord(argv);
  if (flags.includes("--version") || flags.includes("-V")) return await printVersion(flags, io);
  if (word === undefined || word === "help") {
    if (word === undefined) rejectUnknownFlags(flags);
    const { printHelp } = await import("./help.ts");
    const topic = word === undefined ? [] : rest.filter((token) => !token.startsWith("-"));
    return await printHelp(topic, io);
  }
  const entry = Object.hasOwn(ROOT, word) ? ROOT[word] : undefined;
  if (entry === undefined) throw await unknownCommand(word, [], Object.keys(ROOT));
  if (typeof entry === "function") return await execute(entry, [...flags, ...rest], io);
  return await dispatchGroup(word, entry, { argv: rest, flags, io });
}

async function dispatchGroup(
  name: string,
  group: CommandGroup,
  call: { readonly argv: readonly string[]; readonly flags: readonly string[]; readonly io: Io },
): Promise<number> {
  const { flags, word, rest } = splitWord(call.argv);
  if (word === undefined) {
    const { printHelp } = await import("./help.ts");
    return await printHelp([name], call.io);
  }
  const load = Object.hasOwn(group.commands, word) ? group.commands[word] : undefined;
  if (load === undefined) throw await unknownCommand(word, [name], Object.keys(group.commands));
  return await execute(load, [...call.flags, ...flags, ...rest], call.io);
}

async function execute(load: CommandLoader, argv: readonly string[], io: Io): Promise<number> {
  return await (await load()).execute(argv, io);
}

/** Global flags may come before the command: `tt --town ../other list`. */
function splitWord(argv: readonly string[]): {
  readonly flags: readonly string[];
  readonly word: string | undefined;
  readonly rest: readonly string[];
} {
  let at = 0;
  while (argv[at]?.startsWith("-") === true && argv[at] !== "--") {
    at += argv[at] === "--town" || argv[at] === "-t" ? 2 : 1;
  }
  const start = argv[at] === "--" ? at + 1 : at;
  return { flags: argv.slice(0, at), word: argv[start], rest: argv.slice(start + 1) };
}

/** Without a command only the flags that mean something alone. */
function rejectUnknownFlags(flags: readonly string[]): void {
  const unknown = flags.find((flag) => flag !== "-h" && flag !== "--help" && flag !== "--json");
  if (unknown === undefined) return;
  throw new UsageError(`Unknown flag "${unknown}" without a command`, "tt help lists the commands");
}

async function printVersion(flags: readonly string[], io: Io): Promise<number> {
  const { version, commit } = buildInfo();
  const json = flags.includes("--json");
  await io.out(json ? `${JSON.stringify({ version, commit })}\n` : `tt ${version} (${commit})\n`);
  return 0;
}

async function unknownCommand(
  word: string,
  parents: readonly string[],
  known: readonly string[],
): Promise<UsageError> {
  const { nearest } = await import("../util/nearest.ts");
  const similar = nearest(word, known);
  const list = ["tt help", ...parents].join(" ");
  return new UsageError(
    `Unknown command "${["tt", ...parents, word].join(" ")}"`,
    similar === undefined
      ? `${list} lists the commands`
      : `did you mean "${["tt", ...parents, similar].join(" ")}"? ${list} lists the commands`,
  );
}
