import { command } from "../command.ts";
import { renderVersions } from "../render/version.ts";
import { readVersions } from "../versions.ts";

export const versionCommand = command({
  name: "version",
  description: "Show the versions of tt and of what is inside it",
  examples: ["tt version", "tt version --json", "tt --version"],
  needs: "nothing",
  run: () => readVersions(),
  render: renderVersions,
  quiet: (versions) => versions.version,
});
