import type { Style } from "../../../../src/cli/render/style.ts";
import type { Agent } from "../../../../src/core/agent.ts";
import { asAgentId, asMessageId, asTaskId, SUPERVISOR_ID } from "../../../../src/core/ids.ts";
import type { Inbox, MessageView } from "../../../../src/services/messages.ts";
import type { TaskView } from "../../../../src/services/tasks.ts";

export const TERMINAL: Style = { width: 80, color: false, unicode: true };
export const COLORED: Style = { width: 80, color: true, unicode: true };

const AT = new Date("2026-03-01T12:00:00Z");

export function sampleAgent(fields: Partial<Agent> = {}): Agent {
  return {
    id: asAgentId("550e8400-e29b-41d4-a716-446655440000"),
    name: "dev",
    nickname: undefined,
    role: undefined,
    parentId: undefined,
    state: "starting",
    cli: "claude",
    cliOverride: undefined,
    model: undefined,
    instructions: undefined,
    cwd: undefined,
    envNames: [],
    maxRounds: undefined,
    currentTask: undefined,
    hostId: undefined,
    epoch: 1,
    run: undefined,
    createdAt: AT,
    lastHeartbeat: undefined,
    lastActiveAt: undefined,
    tasksCompleted: 0,
    roundsCompleted: 0,
    sessionId: undefined,
    reason: undefined,
    ...fields,
  };
}

export function sampleTask(fields: Partial<TaskView> = {}): TaskView {
  return {
    id: asTaskId("019cafe0-1111-7222-8333-444455556666"),
    description: "Build the login page\nwith tests",
    state: "running",
    assignedTo: asAgentId("550e8400-e29b-41d4-a716-446655440000"),
    agentName: "dev",
    createdAt: AT,
    updatedAt: AT,
    startedAt: undefined,
    completedAt: undefined,
    result: undefined,
    error: undefined,
    outcome: undefined,
    lastFailure: undefined,
    tags: [],
    context: [],
    parentId: undefined,
    attempts: 0,
    run: undefined,
    key: undefined,
    ...fields,
  };
}

export function sampleMessage(fields: Partial<MessageView> = {}): MessageView {
  return {
    id: asMessageId("019cafe0-2222-7222-8333-444455556666"),
    from: SUPERVISOR_ID,
    fromName: "conductor",
    to: asAgentId("550e8400-e29b-41d4-a716-446655440000"),
    type: "task",
    category: "task",
    text: "Build it",
    taskId: undefined,
    taskDescription: undefined,
    correlationId: undefined,
    urgent: false,
    createdAt: AT,
    ...fields,
  };
}

export function sampleInbox(fields: Partial<Inbox> = {}): Inbox {
  return {
    agentId: asAgentId("550e8400-e29b-41d4-a716-446655440000"),
    name: "dev",
    state: "idle",
    urgent: [],
    messages: [],
    notes: [],
    counts: { task: 0, query: 0, info: 0, ack: 0 },
    ...fields,
  };
}
