import type { initTown } from "../../services/init-town.ts";
import type { stopTown } from "../../services/stop-town.ts";
import { count, icon, paint, type Style } from "./style.ts";

export function renderInit(town: Awaited<ReturnType<typeof initTown>>, style: Style): string {
  return [
    `${icon(style, "✨")}Initialized town "${paint(style, "bold", town.name)}" in ${town.root}`,
    ...town.created.map((path) => `  ${path}`),
    'Next: tt spawn dev, then tt assign dev "<task>"',
  ].join("\n");
}

export function renderStopped(stopped: Awaited<ReturnType<typeof stopTown>>, style: Style): string {
  const { agents, host, server } = stopped;
  const ended = [
    ...(agents.length === 0 ? [] : [`${count(agents.length, "agent")} (${agents.join(", ")})`]),
    ...(host ? ["the host"] : []),
    ...(server ? ["the server"] : []),
  ];
  if (ended.length === 0) return "Nothing was running.";
  const hint = server
    ? ""
    : "\nTasks and messages are kept. The server goes on running; tt stop --all ends it too.";
  return `${icon(style, "🛑")}Stopped ${ended.join(", ")}${hint}`;
}
