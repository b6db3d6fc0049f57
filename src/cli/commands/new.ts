import { UsageError } from "../../core/errors.ts";
import type { FlowTemplate } from "../../flow/templates.ts";
import type { WrittenTemplate } from "../../flow/write-template.ts";
import { command } from "../command.ts";
import { renderTable } from "../render/table.ts";

type NewResult =
  | { readonly templates: readonly Omit<FlowTemplate, "text">[] }
  | { readonly written: WrittenTemplate };

export const newCommand = command({
  name: "new",
  description: "Write a new flow from a template",
  details: "Never overwrites a file.",
  examples: ["tt new flow release", "tt new flow review --template gate", "tt new flow --list"],
  needs: "nothing",
  args: {
    kind: { type: "positional", description: "flow" },
    name: { type: "positional", required: false, description: "Name of the file to write" },
    template: { type: "string", hint: "NAME", description: "Default: sequential" },
    list: { type: "boolean", description: "Print the templates" },
  },
  run: async ({ args }): Promise<NewResult> => {
    if (args.kind !== "flow") {
      throw new UsageError(`Cannot make a new "${args.kind}"`, "tt new flow NAME");
    }
    if (args.list) {
      const { flowTemplates } = await import("../../flow/templates.ts");
      return {
        templates: flowTemplates().map(({ name, description }) => ({ name, description })),
      };
    }
    if (args.name === undefined) throw new UsageError("Missing argument NAME", "tt new flow NAME");
    const { writeTemplate } = await import("../../flow/write-template.ts");
    return { written: await writeTemplate(args.name, args.template) };
  },
  render: (result, style) => {
    if ("written" in result) {
      const { path, template } = result.written;
      return [
        `Wrote ${path} (template ${template})`,
        `Next: tt run --cli sim ${path} tries it without an AI; tt run ${path} runs it`,
      ].join("\n");
    }
    return renderTable(
      result.templates,
      [
        { title: "TEMPLATE", cell: (one) => one.name },
        { title: "WHAT IT IS", cell: (one) => one.description },
      ],
      style,
    );
  },
  quiet: (result) =>
    "written" in result
      ? result.written.path
      : result.templates.map((template) => template.name).join("\n"),
});
