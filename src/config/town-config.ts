import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import * as v from "valibot";
import { ConfigError } from "../core/errors.ts";
import { parseTownName } from "../core/names.ts";
import { nearest } from "../util/nearest.ts";
import { keyPosition } from "./toml-position.ts";

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const count = (least: number) =>
  v.pipe(
    v.number(),
    v.integer("must be a whole number"),
    v.minValue(least, `must be at least ${least}`),
  );

const AgentCliSchema = v.strictObject({
  command: v.optional(text),
  extends: v.optional(text),
  model: v.optional(text),
  env: v.optional(v.record(v.string(), v.string())),
});

const RedisSchema = v.strictObject({
  url: v.optional(text),
  use_socket: v.optional(v.boolean(), true),
  socket_path: v.optional(text, "redis.sock"),
  host: v.optional(text, "127.0.0.1"),
  port: v.optional(v.pipe(count(1), v.maxValue(65_535, "must be at most 65535")), 6379),
  password: v.optional(text),
  server: v.optional(text),
  fsync: v.optional(v.picklist(["everysec", "always"]), "everysec"),
});

const AgentSchema = v.strictObject({
  max_attempts: v.optional(count(1), 4),
  turn_timeout_secs: v.optional(count(1), 3_600),
  inbox_limit: v.optional(count(1), 10_000),
  cwd: v.optional(text),
});

const TownSchema = v.strictObject({
  name: text,
  default_cli: v.optional(text, "claude"),
  max_agents: v.optional(count(1), 10),
  redis: v.optional(RedisSchema, {}),
  agent: v.optional(AgentSchema, {}),
  agent_clis: v.optional(v.record(text, AgentCliSchema), {}),
});

/** One `[agent_clis.<name>]` entry. */
export interface AgentCliConfig {
  /** One command line, split into arguments; no shell. */
  readonly command?: string | undefined;
  /** The CLI whose flags, prompt channel and output this one shares. */
  readonly extends?: string | undefined;
  readonly model?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export interface RedisConfig {
  readonly url: string | undefined;
  readonly useSocket: boolean;
  readonly socketPath: string;
  readonly host: string;
  readonly port: number;
  readonly password: string | undefined;
  /** Another server program than the embedded one. */
  readonly server: string | undefined;
  readonly fsync: "everysec" | "always";
}

export interface TownConfig {
  readonly name: string;
  readonly defaultCli: string;
  readonly maxAgents: number;
  readonly redis: RedisConfig;
  readonly agent: {
    /** Turns that one piece of work may use. */
    readonly maxAttempts: number;
    readonly turnTimeoutMs: number;
    /** Messages an inbox holds before senders are refused. */
    readonly inboxLimit: number;
    /** Where CLIs run unless `tt spawn --cwd` says otherwise. Default: the town's root. */
    readonly cwd: string | undefined;
  };
  readonly agentClis: Readonly<Record<string, AgentCliConfig>>;
}

/** @throws ConfigError with line and column: bad TOML, unknown key, wrong type */
export function loadTownConfig(file: string): TownConfig {
  const source = readFileSync(file, "utf8");
  const parsed = v.safeParse(TownSchema, parseToml(file, source));
  if (!parsed.success) throw schemaError(file, source, parsed.issues[0]);
  const { redis, agent, ...town } = parsed.output;
  return {
    name: parseTownName(town.name),
    defaultCli: town.default_cli,
    maxAgents: town.max_agents,
    redis: {
      url: redis.url,
      useSocket: redis.use_socket,
      socketPath: redis.socket_path,
      host: redis.host,
      port: redis.port,
      password: redis.password,
      server: redis.server,
      fsync: redis.fsync,
    },
    agent: {
      maxAttempts: agent.max_attempts,
      turnTimeoutMs: agent.turn_timeout_secs * 1_000,
      inboxLimit: agent.inbox_limit,
      cwd: agent.cwd,
    },
    agentClis: town.agent_clis,
  };
}

function parseToml(file: string, source: string): unknown {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const position = { file, line: error.line, column: error.column };
    throw new ConfigError(position, `${error.message.split("\n")[0]}`);
  }
}

function schemaError(file: string, source: string, issue: v.BaseIssue<unknown>): ConfigError {
  const path = (issue.path ?? []).map((item) => String(item.key));
  const position = { file, ...keyPosition(source, path) };
  const name = path.join(".");
  if (issue.type === "strict_object" && issue.expected === "never") {
    const guess = nearest(path.at(-1) ?? "", knownKeys(path.slice(0, -1)));
    return new ConfigError(position, `unknown key "${name}"`, guess && `did you mean "${guess}"?`);
  }
  if (issue.received === "undefined") return new ConfigError(position, `key "${name}" is missing`);
  const problem = issue.message.startsWith("must ")
    ? issue.message
    : `must be ${issue.expected ?? "something else"}, not ${issue.received}`;
  return new ConfigError(position, `"${name}" ${problem}`);
}

function knownKeys(path: readonly string[]): readonly string[] {
  const [section] = path;
  if (section === "redis") return Object.keys(RedisSchema.entries);
  if (section === "agent") return Object.keys(AgentSchema.entries);
  if (section === "agent_clis") return Object.keys(AgentCliSchema.entries);
  return Object.keys(TownSchema.entries);
}
