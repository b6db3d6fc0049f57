/** What tt reads from its environment; nothing else in the program looks at it. */
export interface Environment {
  readonly cwd: string;
  readonly home: string;
  readonly machine: string;
  readonly tmp: string;
  readonly uid: number;
  readonly runtimeDir: string | undefined;
  readonly cacheDir: string | undefined;
  /** `TINYTOWN_TOWN`, set for agents: the town they belong to, wherever they stand. */
  readonly town: string | undefined;
  readonly redisUrl: string | undefined;
  /** Where `redisUrl` came from. */
  readonly redisUrlFrom: "TINYTOWN_REDIS_URL" | "REDIS_URL" | undefined;
  readonly redisServer: string | undefined;
  /** `TT_CLI`: replaces the CLI of every agent. */
  readonly cliOverride: string | undefined;
  readonly agentId: string | undefined;
  readonly agentName: string | undefined;
  readonly simScript: string | undefined;
  readonly ci: boolean;
  /** Everything, for children. */
  readonly all: Readonly<Record<string, string | undefined>>;
}

export function readEnvironment(): Environment {
  const env = process.env;
  const set = (name: string): string | undefined => env[name]?.trim() || undefined;
  const own = set("TINYTOWN_REDIS_URL");
  const common = set("REDIS_URL");
  return {
    cwd: process.cwd(),
    home: set("HOME") ?? os().homedir(),
    // Read when asked for: most commands need neither, and loading node:os takes them 0.3 ms.
    get machine() {
      return os().hostname();
    },
    get tmp() {
      return os().tmpdir();
    },
    uid: process.getuid?.() ?? os().userInfo().uid,
    runtimeDir: set("XDG_RUNTIME_DIR"),
    cacheDir: set("XDG_CACHE_HOME"),
    town: set("TINYTOWN_TOWN"),
    redisUrl: own ?? common,
    redisUrlFrom: own ? "TINYTOWN_REDIS_URL" : common ? "REDIS_URL" : undefined,
    redisServer: set("TT_REDIS_SERVER"),
    cliOverride: set("TT_CLI"),
    agentId: set("TINYTOWN_AGENT_ID"),
    agentName: set("TINYTOWN_AGENT_NAME"),
    simScript: set("TT_SIM_SCRIPT"),
    ci: set("CI") !== undefined && set("CI") !== "false",
    all: env,
  };
}

function os(): typeof import("node:os") {
  return process.getBuiltinModule("node:os");
}
