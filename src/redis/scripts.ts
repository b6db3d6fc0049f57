import { type LuaScript, luaScript } from "./lua-script.ts";
import adopt from "./scripts/adopt.lua" with { type: "text" };
import agentRecords from "./scripts/agent-records.lua" with { type: "text" };
import assign from "./scripts/assign.lua" with { type: "text" };
import closeTask from "./scripts/close-task.lua" with { type: "text" };
import control from "./scripts/control.lua" with { type: "text" };
import endAgent from "./scripts/end-agent.lua" with { type: "text" };
import finish from "./scripts/finish.lua" with { type: "text" };
import idleSnapshot from "./scripts/idle-snapshot.lua" with { type: "text" };
import lease from "./scripts/lease.lua" with { type: "text" };
import requestEnd from "./scripts/request-end.lua" with { type: "text" };
import resolve from "./scripts/resolve.lua" with { type: "text" };
import send from "./scripts/send.lua" with { type: "text" };
import spawn from "./scripts/spawn.lua" with { type: "text" };
import take from "./scripts/take.lua" with { type: "text" };
import taskRecords from "./scripts/task-records.lua" with { type: "text" };

const SOURCES = {
  adopt,
  agentRecords,
  assign,
  closeTask,
  control,
  endAgent,
  finish,
  idleSnapshot,
  lease,
  requestEnd,
  resolve,
  send,
  spawn,
  take,
  taskRecords,
} as const;

export type ScriptName = keyof typeof SOURCES;

export const SCRIPT_NAMES = Object.keys(SOURCES) as readonly ScriptName[];

/** These refuse when the server is out of memory; everything else must still run then. */
const ADDS_WORK: readonly ScriptName[] = ["assign", "send", "spawn"];

/** Made on demand: hashing a script costs more than most commands need it for. */
export function townScript(name: ScriptName): LuaScript {
  return luaScript(name, SOURCES[name], ADDS_WORK.includes(name) ? { addsWork: true } : undefined);
}
