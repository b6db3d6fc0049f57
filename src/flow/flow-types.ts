import { apiTypesText, runtimeTypesText } from "./embedded-texts.ts" with { type: "macro" };

/** The values of the API that need no import in a flow. */
export const GLOBAL_NAMES = [
  "town",
  "spawn",
  "assign",
  "waitForIdle",
  "send",
  "sleep",
  "log",
  "args",
  "parseArgs",
  "env",
  "signal",
  "flow",
  "defer",
  "defineFlow",
] as const;

/** Everything `import … from "tinytown"` can name. */
export const EXPORT_NAMES = [...GLOBAL_NAMES, "isTownError", "TownError"] as const;

/** Bun imports these files as they are; a project without @types/bun does not know it. */
const FILE_MODULES = `
declare module "*.toml" { const value: any; export default value; }
declare module "*.yaml" { const value: any; export default value; }
declare module "*.yml" { const value: any; export default value; }
declare module "*.jsonc" { const value: any; export default value; }
declare module "*.txt" { const text: string; export default text; }
declare module "*.md" { const text: string; export default text; }
`;

/** The declarations of the flow API: what `tt types` prints and the check runs against. */
export function flowTypes(): string {
  const api: string = apiTypesText();
  const globals = GLOBAL_NAMES.map(
    (name) => `declare var ${name}: typeof import("tinytown").${name};`,
  );
  return `${api}\n${globals.join("\n")}\n${FILE_MODULES}`;
}

/** Loose declarations of Bun's and Node's names, for projects that have none. */
export function runtimeTypes(): string {
  return runtimeTypesText();
}
