import type { ServerLicence, ServerProduct } from "../../src/process/server-info.ts";

/** Debian's names of licences that have another name elsewhere. */
const SPDX: Readonly<Record<string, string>> = {
  "BSD-2-clause": "BSD-2-Clause",
  "BSD-3-clause": "BSD-3-Clause",
  "CC0 and BSD-2-clause": "CC0-1.0 and BSD-2-Clause",
  Expat: "MIT",
};

/** The server, the libraries bundled with it and the C library, with their licences' names. */
export function licenceSummary(product: ServerProduct, copyright: string): ServerLicence[] {
  const found: ServerLicence[] = [];
  for (const paragraph of copyright.split(/\n\s*\n/)) {
    const files = /^Files:((?:.*\n)(?:[ \t]+.*\n)*)/m.exec(paragraph)?.[1] ?? "";
    const licence = /^License:\s*(.+)$/m.exec(paragraph)?.[1]?.trim();
    if (!licence) continue;
    for (const pattern of files.trim().split(/\s+/)) {
      // Only whole directories: single files are exceptions within them, told by the full text.
      const component = pattern === "*" ? product : /^deps\/([\w-]+)\/\*$/.exec(pattern)?.[1];
      if (component) found.push({ component, licence: SPDX[licence] ?? licence });
    }
  }
  return [...found, { component: "musl", licence: "MIT" }];
}

export interface LicenceTexts {
  readonly product: ServerProduct;
  readonly version: string;
  /** `COPYING` of the source. */
  readonly copying: string;
  /** Debian's `copyright` file: holders and licences of every bundled part. */
  readonly copyright: string;
  readonly muslCopyright: string;
}

/** The notices that have to accompany the binary. */
export function renderLicences(texts: LicenceTexts): string {
  const sections = [
    [`${texts.product} ${texts.version}`, texts.copying],
    [`${texts.product} and the libraries bundled with its source`, texts.copyright],
    ["musl, the C library linked into the server", texts.muslCopyright],
  ];
  return sections
    .map(([title, text]) => `${title}\n${"=".repeat(title?.length ?? 0)}\n\n${text?.trim()}\n`)
    .join("\n\n");
}
