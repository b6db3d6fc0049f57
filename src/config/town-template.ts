/** What `tt init` writes. */
export function townTemplate(name: string): string {
  return `# Settings of this town; every value here is the default except the name.
name = ${JSON.stringify(name)}
# The agents' CLI unless \`tt spawn --cli\` says otherwise: claude, codex, auggie, gemini, ...
default_cli = "claude"
# \`tt spawn\` refuses more agents than this
max_agents = 10

[redis]
# tt runs a server of its own for the town, on a unix socket in .tt/; to use another one:
# url = "redis://host:6379"
use_socket = true
socket_path = "redis.sock"

# A CLI of your own (arguments are split, no shell):
# [agent_clis.mine]
# command = "my-agent --headless"
# extends = "claude"
`;
}
