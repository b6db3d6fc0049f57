import type { Agent as FlowAgent } from "tinytown";
import { type Agent, isTerminalAgentState } from "../core/agent.ts";
import { closeAgent, getAgent, killAgent } from "../services/agents.ts";
import { readLog } from "../services/logs.ts";
import { assign } from "./assign.ts";
import { captureCallSite } from "./call-site.ts";
import { durationMs } from "./duration-option.ts";
import type { FlowScope } from "./flow-scope.ts";
import { flowStream } from "./flow-stream.ts";
import { inboxOf, send } from "./send.ts";
import { waitForIdle } from "./wait-for-idle.ts";

/** The object a flow's code holds for an agent. */
export function agentHandle(scope: FlowScope, agent: Agent, reused: boolean): FlowAgent {
  const { run } = scope;
  const close: FlowAgent["close"] = (options = {}) => {
    const call = { name: `${agent.name}.close()`, site: captureCallSite(), always: true };
    return run.call({ ...call, signal: options.signal }, async (signal) => {
      const { timeout } = options;
      const timeoutMs = timeout === undefined ? undefined : durationMs(timeout, "timeout");
      if (await hasEnded(scope, agent)) return;
      await closeAgent(run.town, { agent: agent.id, signal, timeoutMs });
      run.emit({ type: "agent.closed", agent: agent.name, killed: false });
    });
  };
  const handle: FlowAgent = {
    id: agent.id,
    name: agent.name,
    cli: agent.cli,
    role: agent.role,
    reused,
    assign: (task, options) => assign(scope, handle, task, options),
    send: (message, options) => send(scope, handle, message, options),
    waitForIdle: (options) => waitForIdle(scope, [[handle], options]),
    state: () =>
      run.call({ name: `${agent.name}.state()`, site: captureCallSite() }, async () => {
        return (await getAgent(run.town, agent.id)).state;
      }),
    inbox: () =>
      run.call({ name: `${agent.name}.inbox()`, site: captureCallSite() }, () =>
        inboxOf(scope, agent.id),
      ),
    logs: (options = {}) =>
      flowStream(run, { name: `${agent.name}.logs()`, site: captureCallSite() }, (signal) =>
        readLog(run.town, { agent: agent.id, follow: options.follow ?? false, signal }),
      ),
    close,
    kill: (reason) =>
      run.call(
        { name: `${agent.name}.kill()`, site: captureCallSite(), always: true },
        async (signal) => {
          if (await hasEnded(scope, agent)) return;
          await killAgent(run.town, { agent: agent.id, reason, signal });
          run.emit({ type: "agent.closed", agent: agent.name, killed: true });
        },
      ),
    [Symbol.asyncDispose]: () => close(),
  };
  return handle;
}

async function hasEnded({ run }: FlowScope, agent: Agent): Promise<boolean> {
  return isTerminalAgentState((await getAgent(run.town, agent.id)).state);
}
