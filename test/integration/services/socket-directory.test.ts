import { describe, expect, test } from "bun:test";
import { chmod, chown, mkdir, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { listAgents } from "../../../src/services/agents.ts";
import { rejection } from "../../support/rejection.ts";
import { testTown } from "../../support/town.ts";

const NOBODY = 65_534;
type Prepare = (directory: string) => Promise<void>;

const GIVEN_AWAY: readonly [string, Prepare] = [
  "is somebody else's",
  async (directory) => {
    await mkdir(directory, { recursive: true });
    await chown(directory, NOBODY, NOBODY);
  },
];

/** How somebody else may have left it. */
const FOREIGN: readonly (readonly [string, Prepare])[] = [
  // Only root can give a directory away.
  ...(process.getuid?.() === 0 ? [GIVEN_AWAY] : []),
  [
    "others may write to",
    async (directory) => {
      await mkdir(directory, { recursive: true });
      await chmod(directory, 0o777);
    },
  ],
  [
    "is a symbolic link",
    async (directory) => {
      await mkdir(`${directory} elsewhere`, { recursive: true });
      await symlink(`${directory} elsewhere`, directory);
    },
  ],
  ["is a file", async (directory) => void (await Bun.write(directory, ""))],
];

describe.each(FOREIGN)("a socket directory that %s", (how, prepare) => {
  test.each([false, true])("is not used (long-lived: %p)", async (longLived) => {
    await using rig = await testTown({ server: "managed" });
    const socket = rig.town.server.socket ?? "";
    await prepare(dirname(socket));
    // Answers everybody who comes with what it likes.
    const connections: string[] = [];
    const handlers = { open: () => void connections.push("opened"), data: () => {} };
    const rogue = how === "is a file" ? undefined : Bun.listen({ unix: socket, socket: handlers });
    const town = await rig.open({ longLived });
    const error = await rejection(listAgents(town));
    rogue?.stop(true);
    expect(error).toMatchObject({
      code: "E_REDIS_UNREACHABLE",
      hint: expect.stringContaining("chmod 700"),
    });
    expect(error.message).toContain(`"${dirname(socket)}"`);
    expect(connections).toEqual([]);
  });
});
