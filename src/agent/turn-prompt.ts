import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Agent } from "../core/agent.ts";
import { NotFoundError } from "../core/errors.ts";
import { isUuid } from "../core/ids.ts";
import { messageCategory } from "../core/message.ts";
import { buildPrompt, type PromptMaterial, type PromptWork } from "../core/prompt.ts";
import { agentNames } from "../services/messages.ts";
import { getTask } from "../services/tasks.ts";
import type { Town } from "../services/town.ts";
import type { Work } from "../services/turns.ts";

/** The prompt of one turn: the work, what it builds on, and what came in since the last turn. */
export async function turnPrompt(town: Town, agent: Agent, work: Work): Promise<string> {
  const { message, task, notes } = work;
  const senders = await agentNames(town, [message.from, ...notes.map((note) => note.from)]);
  const nameOf = (id: string) => senders.get(id)?.name ?? id;
  const overflowPath = join(town.paths.run, agent.name, "full-prompt.md");
  const built = buildPrompt(
    {
      town: town.name,
      agent,
      work: promptWork(work, nameOf(message.from)),
      material: await materials(town, task?.context ?? []),
      notes: notes.map((note) => ({
        kind: messageCategory(note.type) === "ack" ? "ack" : "info",
        from: nameOf(note.from),
        urgent: note.urgent,
        text: note.text,
      })),
      attempt: work.attempts,
      lastFailure: task?.lastFailure,
      completion: "turn",
    },
    { overflowPath },
  );
  if (built.overflow !== undefined) {
    await mkdir(join(town.paths.run, agent.name), { recursive: true, mode: 0o700 });
    await writeFile(overflowPath, built.overflow, { mode: 0o600 });
  }
  return built.text;
}

function promptWork({ message, task }: Work, from: string): PromptWork {
  const { urgent } = message;
  if (task !== undefined) {
    return { kind: "task", id: task.id, from, urgent, text: task.description };
  }
  const messageKind = messageCategory(message.type) === "query" ? "query" : "task";
  return { kind: "message", id: message.id, from, messageKind, urgent, text: message.text };
}

/** One entry that leads nowhere must not keep the agent from its work. */
function goneTask(error: unknown): undefined {
  if (error instanceof NotFoundError) return undefined;
  throw error;
}

/** What `context` names: tasks give their result, anything else is a file. */
async function materials(
  town: Town,
  context: readonly string[],
): Promise<readonly PromptMaterial[]> {
  return Promise.all(context.map((entry) => material(town, entry)));
}

async function material(town: Town, entry: string): Promise<PromptMaterial> {
  if (isUuid(entry)) {
    const task = await getTask(town, entry).catch(goneTask);
    if (task === undefined) return { source: `task ${entry}`, text: "(the task is gone)" };
    const text = task.result ?? task.error ?? `(the task is ${task.state}, without a result yet)`;
    return { source: `result of task ${task.id} by ${task.agentName ?? "nobody"}`, text };
  }
  const path = resolve(town.root, town.config.agent.cwd ?? ".", entry);
  try {
    return { source: path, text: await readFile(path, "utf8") };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { source: path, text: `(cannot be read: ${why})` };
  }
}
