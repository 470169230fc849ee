/** The table as a file: every figure in full, in the order and with the filters of the page. */
import type { Row } from "./filters";
import { message } from "./reasons";

/** So that spreadsheets read Chinese. */
const MARK = "\uFEFF";
/** Texts that begin so are formulas to a spreadsheet; numbers are written by us and may have a minus. */
const FORMULA = /^[=+\-@\t\r]/;
const SPECIAL = /[",\r\n]/;

export function cellOf(value: string | number | null | undefined): string {
  if (value == null) return "";
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return SPECIAL.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** `figures` are keys of metrics. */
export function csvOf(rows: readonly Row[], names: readonly string[], figures: readonly string[]): string {
  const head = [
    "run_id",
    "position",
    "status",
    ...names.map((name) => `params.${name}`),
    ...figures,
    "content_hash",
    "error",
  ];
  const lines = rows.map((row) => [
    row.run_id,
    row.position,
    row.status,
    ...names.map((name) => row.params[name]),
    ...figures.map((key) => row.stats?.[key]),
    row.content_hash,
    message(row),
  ]);
  return MARK + [head, ...lines].map((cells) => `${cells.map(cellOf).join(",")}\r\n`).join("");
}
