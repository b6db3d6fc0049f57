/**
 * The environment of an agent's CLI: everything the user's shell has, without what a parent agent
 * or a task runner left in it.
 *
 * A list of what to remove, not of what to keep: the CLI's tools build and test the user's project,
 * and no list of ours can know the variables of every compiler, proxy, cloud client and key that
 * needs. What leaks is the smaller and better known set: markers by which a nested agent believes
 * to be part of its parent's session, sockets and tokens of that session, and pointers to a
 * repository or package that is not the agent's. An agent's own `env` is applied last and may set
 * any of them again.
 */
const LEAKED_NAMES: ReadonlySet<string> = new Set([
  // Claude Code
  "CLAUDECODE",
  "CLAUDE_PID",
  "CLAUDE_EFFORT",
  "CLAUDE_CODE_ENTRYPOINT",
  "CLAUDE_CODE_EXECPATH",
  "CLAUDE_CODE_SSE_PORT",
  // other agents, and the marks several of them share
  "AI_AGENT",
  "AGENT",
  "AUGMENT_AGENT",
  "CURSOR_AGENT",
  "CURSOR_TRACE_ID",
  "GEMINI_CLI",
  "OPENCODE",
  "OPENCODE_PID",
  "OPENCODE_SERVER",
  "PI_CODING_AGENT",
  "QWEN_CODE",
  "COPILOT_CLI",
  // another town, or the agent that started this one
  "TINYTOWN_AGENT_ID",
  "TINYTOWN_AGENT_NAME",
  "TINYTOWN_TASK_ID",
  "TINYTOWN_TOWN",
  "TINYTOWN_PROMPT_FILE",
  "TINYTOWN_MODEL",
  "TT_RUN_ID",
  "TT_SIM_MODEL",
  "TT_SIM_SESSION",
  "TT_SIM_STATE_DIR",
  // git hooks set these; every git command of the agent would work on that repository
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_PREFIX",
  // npm, npx and `bun run`
  "INIT_CWD",
  "npm_command",
  "npm_execpath",
  "npm_node_execpath",
  // a parent's IPC channel, its directory, a switch that turns Bun-made programs into Bun
  "NODE_CHANNEL_FD",
  "NODE_UNIQUE_ID",
  "PWD",
  "OLDPWD",
  "BUN_BE_BUN",
  // would win over NO_COLOR
  "FORCE_COLOR",
  "CLICOLOR_FORCE",
]);

/** Sessions of a parent agent; settings and keys such as CLAUDE_CODE_USE_BEDROCK do not match. */
const LEAKED_PATTERNS: readonly RegExp[] = [
  /^CLAUDE_CODE_(SESSION|CHILD|MESSAGING|PARENT|REMOTE_SESSION)(_|$)/,
  /^CODEX_(SANDBOX|SESSION|THREAD|CI|INTERNAL|MANAGED)(_|$)/,
  /^COPILOT_(AGENT|SESSION|LOADER|RUN)_/,
  /^GEMINI_CLI_(SESSION|NO_RELAUNCH|IDE)(_|$)/,
  /^QWEN_CODE_(SESSION|NO_RELAUNCH|IDE)(_|$)/,
  /^OPENCODE_(SESSION|RUN|CALLER)(_|$)/,
  /^npm_(lifecycle|package)_/,
];

/** No colours, pagers, editors or password questions: nobody sits in front of it. */
const HEADLESS: Readonly<Record<string, string>> = {
  NO_COLOR: "1",
  TERM: "dumb",
  GIT_EDITOR: "true",
  GIT_TERMINAL_PROMPT: "0",
  GIT_PAGER: "cat",
  PAGER: "cat",
  DISABLE_AUTOUPDATER: "1",
  COPILOT_AUTO_UPDATE: "false",
  OPENCODE_DISABLE_AUTOUPDATE: "1",
};

/**
 * @param base the environment of this process
 * @param extra wins over everything: the CLI's, the agent's and the turn's own variables
 */
export function childEnv(
  base: Readonly<Record<string, string | undefined>>,
  extra: Readonly<Record<string, string>>,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && !isLeaked(name)) env[name] = value;
  }
  return { ...env, ...HEADLESS, ...extra };
}

function isLeaked(name: string): boolean {
  return LEAKED_NAMES.has(name) || LEAKED_PATTERNS.some((pattern) => pattern.test(name));
}
