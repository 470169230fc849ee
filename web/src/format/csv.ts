/** Files for spreadsheets: numbers in full, texts that no spreadsheet takes for a formula, Chinese that it can read. */

export type CsvCell = string | number | null | undefined;

/** Without this mark spreadsheets do not see that the text is UTF-8. */
const MARK = "\uFEFF";
const FORMULA = /^[=+\-@\t\r]/;
const SPECIAL = /[",\r\n]/;

function written(value: CsvCell): string {
  if (value == null) return "";
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return SPECIAL.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return `${MARK}${rows.map((row) => row.map(written).join(",")).join("\r\n")}\r\n`;
}

export function csvFile(rows: readonly (readonly CsvCell[])[]): Blob {
  return new Blob([csvText(rows)], { type: "text/csv;charset=utf-8" });
}
