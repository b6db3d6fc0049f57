import type { ForegroundItem } from "../foreground.ts";
import { renderAgentEnd, renderSpawned } from "./agents.ts";
import { renderLogLine } from "./logs.ts";
import type { Style } from "./style.ts";

export function renderSpawnItem(item: ForegroundItem, style: Style): string {
  if ("output" in item) return renderLogLine(item.output, style);
  const text = "ended" in item ? renderAgentEnd(item.ended, style) : renderSpawned(item, style);
  return `${text}\n`;
}
