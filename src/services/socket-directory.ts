import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { isReplacedSocket } from "../config/paths.ts";
import { UnavailableError } from "../core/errors.ts";
import { isOwn } from "../process/own-path.ts";
import type { Town } from "./town.ts";

/**
 * Makes the user's private directory for sockets, if the town's server listens there. Call it before
 * every connection: whoever else owned that directory could put a server of his own into it, and
 * give the agents their work.
 * @throws UnavailableError E_REDIS_UNREACHABLE when it is not this user's alone
 */
export function requireSocketDirectory(town: Pick<Town, "paths" | "config" | "server">): void {
  const { socket } = town.server;
  if (socket === undefined) return;
  if (!isReplacedSocket(socket, town.paths, town.config.redis.socketPath)) return;
  const directory = dirname(socket);
  let cause: unknown;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    cause = error; // a file is in its place, say
  }
  if (isOwn(directory, "directory")) return;
  throw new UnavailableError({
    code: "E_REDIS_UNREACHABLE",
    message: `Cannot use the socket directory "${directory}": it is not yours alone`,
    hint: "remove it, or make it yours (chown) and private (chmod 700)",
    cause,
  });
}
