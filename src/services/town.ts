import type { Environment } from "../config/env.ts";
import type { TownPaths } from "../config/paths.ts";
import type { TownConfig } from "../config/town-config.ts";
import type { RedisPort } from "../redis/port.ts";
import type { TownStore } from "../redis/town-store.ts";
import type { EventFeed } from "./event-feed.ts";

/** An open town: what every service works on. Ends its connections when disposed. */
export interface Town extends AsyncDisposable {
  readonly name: string;
  /** Directory of `tinytown.toml`; absolute. */
  readonly root: string;
  readonly paths: TownPaths;
  readonly config: TownConfig;
  readonly env: Environment;
  /** This town directory as a place where agents run; stays the same over restarts and moves. */
  readonly hostId: string;
  /** Where its server is, without secrets. */
  readonly server: ServerAddress;
  /** For people, on stderr: each is shown once per town. */
  readonly notices: readonly string[];
  readonly store: TownStore;
  /** What happens in it; reads only while someone listens. */
  readonly feed: EventFeed;
  /** Aborted when the town is closed: nothing reaches its server any more. */
  readonly closed: AbortSignal;
  /** Another connection, for one blocking reader; it ends with the town. */
  connectReader(signal: AbortSignal): RedisPort;
}

export interface ServerAddress {
  /** Started and stopped by tt. */
  readonly managed: boolean;
  readonly url: string;
  /** Password replaced by `***`. */
  readonly display: string;
  /** Unix socket of a managed server. */
  readonly socket: string | undefined;
}
