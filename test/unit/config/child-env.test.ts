import { describe, expect, test } from "bun:test";
import { childEnv } from "../../../src/config/child-env.ts";

const keptOf = (names: readonly string[]) => {
  const env = childEnv(Object.fromEntries(names.map((name) => [name, "x"])), {});
  return names.filter((name) => env[name] === "x");
};

describe("childEnv()", () => {
  test("removes what a parent agent leaves", () => {
    expect(
      keptOf([
        ..."CLAUDECODE CLAUDE_PID CLAUDE_EFFORT AI_AGENT AGENT CLAUDE_CODE_CHILD_SESSION".split(
          " ",
        ),
        ..."CLAUDE_CODE_SESSION_ID CLAUDE_CODE_MESSAGING_SOCKET CLAUDE_CODE_MESSAGING_TOKEN".split(
          " ",
        ),
        ..."CLAUDE_CODE_CHILD_NOTES_DIR CLAUDE_CODE_SESSION_ATTENDED CLAUDE_CODE_ENTRYPOINT".split(
          " ",
        ),
        ..."CLAUDE_CODE_EXECPATH CODEX_SANDBOX CODEX_SANDBOX_NETWORK_DISABLED GEMINI_CLI".split(
          " ",
        ),
        ..."OPENCODE OPENCODE_PID PI_CODING_AGENT AUGMENT_AGENT QWEN_CODE TINYTOWN_AGENT_ID".split(
          " ",
        ),
        ..."TT_RUN_ID GIT_DIR GIT_INDEX_FILE npm_lifecycle_event npm_package_name PWD".split(" "),
        ..."FORCE_COLOR BUN_BE_BUN NODE_CHANNEL_FD".split(" "),
      ]),
    ).toEqual([]);
  });

  test("keeps what users and their projects need", () => {
    const needed = [
      ..."PATH HOME USER LANG LC_ALL TMPDIR SHELL SSH_AUTH_SOCK HTTPS_PROXY no_proxy".split(" "),
      ..."ANTHROPIC_API_KEY OPENAI_API_KEY GEMINI_API_KEY AUGMENT_SESSION_AUTH CODEX_HOME".split(
        " ",
      ),
      ..."CODEX_API_KEY CLAUDE_CONFIG_DIR CLAUDE_CODE_USE_BEDROCK CLAUDE_CODE_OAUTH_TOKEN".split(
        " ",
      ),
      ..."COPILOT_PROVIDER_API_KEY COPILOT_MODEL COPILOT_GITHUB_TOKEN OPENCODE_CONFIG_CONTENT".split(
        " ",
      ),
      ..."GEMINI_CLI_TRUST_WORKSPACE GEMINI_CLI_SYSTEM_SETTINGS_PATH JAVA_HOME GOPATH".split(" "),
      ..."NODE_OPTIONS npm_config_registry TT_CLI TT_SIM_SCRIPT TINYTOWN_REDIS_URL GIT_SSH_COMMAND".split(
        " ",
      ),
      ..."GIT_AUTHOR_NAME IS_SANDBOX CI".split(" "),
    ];
    expect(keptOf(needed)).toEqual(needed);
  });

  test("makes the child headless, whatever the user's terminal is", () => {
    const env = childEnv({ TERM: "xterm-256color", PAGER: "less", GIT_EDITOR: "vim" }, {});
    expect(env).toMatchObject({
      TERM: "dumb",
      PAGER: "cat",
      GIT_EDITOR: "true",
      GIT_PAGER: "cat",
      GIT_TERMINAL_PROMPT: "0",
      NO_COLOR: "1",
      DISABLE_AUTOUPDATER: "1",
    });
  });

  test("lets the agent's own variables win and drops undefined ones", () => {
    const env = childEnv({ A: undefined, B: "1" }, { TERM: "vt100", GIT_DIR: "/r", B: "2" });
    expect(env).toMatchObject({ TERM: "vt100", GIT_DIR: "/r", B: "2" });
    expect("A" in env).toBe(false);
  });

  test("never sets IS_SANDBOX itself", () => {
    expect("IS_SANDBOX" in childEnv({}, {})).toBe(false);
  });
});
