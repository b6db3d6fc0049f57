import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CliResult, runTt, type TestIoOptions } from "../../support/cli-io.ts";
import { freshTownName, testServer } from "../../support/redis.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

interface Json {
  readonly taskId?: string;
  readonly description?: string;
  readonly host?: { readonly live: boolean };
}

/** A town on the test's server whose agents run `sim`; `tt` runs in this process. */
export interface TownRig extends AsyncDisposable {
  readonly name: string;
  readonly root: string;
  tt(argv: readonly string[], options?: TestIoOptions): Promise<CliResult>;
  /** Runs a command that must succeed and returns its JSON document. */
  json(...argv: string[]): Promise<Json>;
}

export async function townRig(): Promise<TownRig> {
  const directory = await temporaryDirectory();
  const name = freshTownName();
  const { url } = await testServer();
  const config = `name = "${name}"\ndefault_cli = "sim"\n\n[redis]\nurl = "${url}"\n`;
  await writeFile(join(directory.path, "tinytown.toml"), config);
  const tt = (argv: readonly string[], options?: TestIoOptions): Promise<CliResult> =>
    runTt(["--town", directory.path, ...argv], options);
  return {
    name,
    root: directory.path,
    tt,
    json: async (...argv) => {
      const { code, stdout, stderr } = await tt([...argv, "--json"]);
      if (code !== 0) throw new Error(`tt ${argv.join(" ")} exited ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    [Symbol.asyncDispose]: async () => {
      await tt(["stop"]);
      await directory[Symbol.asyncDispose]();
    },
  };
}
