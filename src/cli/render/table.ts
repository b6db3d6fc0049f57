import type { Style } from "./style.ts";
import { paint } from "./style.ts";

export interface Column<Row> {
  readonly title: string;
  /** Plain text: the width is counted before paint is added. */
  readonly cell: (row: Row) => string;
  readonly color?: (row: Row) => Parameters<typeof paint>[1] | undefined;
}

/**
 * On a terminal an aligned table with titles, else one line per row with tabs between the cells,
 * so that `cut` and `awk` find them.
 */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  style: Style,
): string {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  if (style.width === undefined) return cells.map((line) => line.join("\t")).join("\n");
  const widths = columns.map((column, i) =>
    Math.max(columnWidth(column.title), ...cells.map((line) => columnWidth(line[i] ?? ""))),
  );
  const title = columns.map((c, i) => pad(c.title, i === columns.length - 1 ? 0 : widths[i]));
  const lines = rows.map((row, r) =>
    columns.map((column, i) => {
      const text = cells[r]?.[i] ?? "";
      const color = column.color?.(row);
      const padding = pad(text, i === columns.length - 1 ? 0 : widths[i]).slice(text.length);
      return (color === undefined ? text : paint(style, color, text)) + padding;
    }),
  );
  return [paint(style, "dim", title.join("  ")), ...lines.map((line) => line.join("  "))].join(
    "\n",
  );
}

function pad(text: string, width: number | undefined): string {
  return text + " ".repeat(Math.max(0, (width ?? 0) - columnWidth(text)));
}

/** Wide characters take two columns. */
function columnWidth(text: string): number {
  return Bun.stringWidth(text);
}
