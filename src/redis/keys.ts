/**
 * Every key name of a town. The Lua scripts build the same names from the prefix, because names of
 * agents are resolved inside them; test/unit/redis/keys.test.ts holds the two lists together.
 * Names and record fields of tinytown 0.10 are kept where it has them.
 */
export interface TownKeys {
  /** Passed to every script as KEYS[1]. */
  readonly prefix: string;
  /** `agent:<id>` hash: the agent's record. */
  agent(id: string): string;
  /** `agents` sorted set, all scores 0: ids in order, so that a prefix is a range. */
  readonly agents: string;
  /** `names` hash: lower-case name or nickname -> id. */
  readonly names: string;
  /** `live` set: ids of agents that have not ended. */
  readonly live: string;
  /** `placed:<host>` set: agents that the host runs. */
  placed(hostId: string): string;
  /** `inbox:<id>` list of message JSON; RPUSH, read from the left. */
  inbox(id: string): string;
  /** `urgent:<id>` list, like the inbox and served before it. */
  urgent(id: string): string;
  /** `notes:<id>` list: information and acknowledgements for the next prompt. */
  notes(id: string): string;
  /** `inflight:<id>` list: taken, not acknowledged. */
  inflight(id: string): string;
  /** `dead:<id>` list: dead letters. */
  dead(id: string): string;
  /** `bell:<id>` list of at most one token: something is there for the agent. */
  bell(id: string): string;
  /** `bell:host:<host>` list of at most one token: the host's set of agents changed. */
  hostBell(hostId: string): string;
  /** `attempts` hash: message id -> turns that read it (tasks count in their record). */
  readonly attempts: string;
  /** `busy` set: agents with queued, taken or open work. */
  readonly busy: string;
  /** `leases` sorted set: agent id or `host:<host>` -> expiry, ms of server time. */
  readonly leases: string;
  /** `hosts` hash: host id -> JSON of pid, machine, root, version. */
  readonly hosts: string;
  /** `task:<id>` hash: the task's record. */
  task(id: string): string;
  /** `tasks:<state>` sorted set, all scores 0: ids in creation order (UUID v7). */
  tasks(state: string): string;
  /** `open:<agent>` set: its tasks that have not ended. */
  open(id: string): string;
  /** `run:<run>:tasks` hash: key of a flow's task -> task id. */
  runTasks(run: string): string;
  /** `sent:<message>` string that expires: the message was sent already. */
  sent(id: string): string;
  /** `events` stream with `event_type` and `data` (JSON). */
  readonly events: string;
}

export interface KeyOptions {
  /** On Redis Cluster the town is a hash tag, so that all its keys share a slot. */
  readonly cluster?: boolean;
}

export function townKeys(town: string, options: KeyOptions = {}): TownKeys {
  const prefix = options.cluster ? `tt:{${town}}:` : `tt:${town}:`;
  const key = (name: string) => prefix + name;
  const of = (kind: string) => (id: string) => `${prefix}${kind}:${id}`;
  return {
    prefix,
    agent: of("agent"),
    agents: key("agents"),
    names: key("names"),
    live: key("live"),
    placed: of("placed"),
    inbox: of("inbox"),
    urgent: of("urgent"),
    notes: of("notes"),
    inflight: of("inflight"),
    dead: of("dead"),
    bell: of("bell"),
    hostBell: of("bell:host"),
    attempts: key("attempts"),
    busy: key("busy"),
    leases: key("leases"),
    hosts: key("hosts"),
    task: of("task"),
    tasks: of("tasks"),
    open: of("open"),
    runTasks: (run) => `${prefix}run:${run}:tasks`,
    sent: of("sent"),
    events: key("events"),
  };
}
