import type { AgentBook } from "./agent-book.ts";
import type { EventPosition } from "./event-position.ts";
import type { FlowRun } from "./flow-run.ts";
import type { MessageBook } from "./message-book.ts";
import type { TaskBook } from "./task-book.ts";

/** What the functions of the flow API share. */
export interface FlowScope {
  readonly run: FlowRun;
  readonly agents: AgentBook;
  readonly tasks: TaskBook;
  readonly messages: MessageBook;
  readonly position: EventPosition;
  /** CLI of every agent the flow spawns, whatever its code says (`tt run --cli`). */
  readonly cli: string | undefined;
}
