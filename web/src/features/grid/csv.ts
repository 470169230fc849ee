/** The table as a file: every figure in full, in the order and with the filters of the page. */
import { csvText } from "@/format/csv";
import type { Row } from "./filters";
import { message } from "./reasons";

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
  return csvText([head, ...lines]);
}
