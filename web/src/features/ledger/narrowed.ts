/** A ledger's file cut down to the rows that the page shows; what stays is as the API wrote it, digit for digit. */

export type Cells = Readonly<Record<string, string>>;
export type Narrowing = Readonly<Record<"code" | "from" | "to" | "side" | "reason" | "kind" | "exit", string>>;

/** A line break within quotes ends no row, nor a comma there a cell. */
const ROW = /(?:"(?:[^"]|"")*"|[^"\n])+/g;
const CELL = /(?:"((?:[^"]|"")*)"|([^",]*))(?:,|$)/g;

function cellsOf(row: string): string[] {
  const line = row.replace(/\r$/, "");
  return [...line.matchAll(CELL)].slice(0, line.endsWith(",") ? undefined : -1).map(([, quoted, plain]) => {
    return quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"');
  });
}

export function narrowed(csv: string, keeps: (row: Cells) => boolean): string {
  const [head = "", ...rows] = csv.match(ROW) ?? [];
  const names = cellsOf(head);
  const kept = rows.filter((row) => {
    const cells = cellsOf(row);
    return keeps(Object.fromEntries(names.map((name, place) => [name, cells[place] ?? ""])));
  });
  return [head, ...kept].map((row) => `${row}\n`).join("");
}

/** As the API and the tables choose: a trade lies in the days that it touches. Null: every row is shown. */
export function choiceOf({ code, from, to, side, reason, kind, exit }: Narrowing): ((row: Cells) => boolean) | null {
  const asked = { ts_code: code, reason, kind, exit_reason: exit };
  const wanted = Object.entries(asked).filter(([, value]) => value !== "");
  if (wanted.length === 0 && !side && !from && !to) return null;
  return (row) => {
    const [begins, ends] = [row.entry_date ?? row.date ?? "", row.exit_date ?? row.date ?? ""];
    const isOfSide = !side || (row.side ?? row.kind) === side; // the kind of a fill is its side
    return isOfSide && wanted.every(([name, value]) => row[name] === value) && ends >= from && (!to || begins <= to);
  };
}
