"use client";
/** Returns by month: a table that can be read aloud, shaded by how much it was. */
import { signedPercent } from "@/format/numbers";
import type { Period } from "@/jobs/statistics";
import { Change } from "@/ui/change";
import { useWords } from "@/words/language";
import { WORDS } from "./chart-words";

const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);
const FULL = 0.15;
/** A return of so much has the strongest shade. */
const STRONGEST = 45;

export function MonthlyTable({ monthly, yearly }: { monthly: readonly Period[]; yearly: readonly Period[] }) {
  const words = useWords(WORDS);
  const values = new Map(monthly.map((row) => [row.year * 100 + row.month, row.value]));
  return (
    <div className="overflow-x-auto">
      <table className="w-full min-w-[44rem] border-separate border-spacing-0.5 text-right text-xs">
        <thead>
          <tr className="text-ink-soft">
            <th scope="col" className="px-1 text-left font-medium">
              {words.year}
            </th>
            {MONTHS.map((month) => (
              <th key={month} scope="col" className="px-1 font-medium">
                {words.months(month)}
              </th>
            ))}
            <th scope="col" className="px-1 font-medium">
              {words.whole}
            </th>
          </tr>
        </thead>
        <tbody>
          {yearly.map((year) => (
            <tr key={year.year}>
              <th scope="row" className="px-1 text-left font-medium">
                {year.year}
              </th>
              {MONTHS.map((month) => {
                const value = values.get(year.year * 100 + month);
                return (
                  <td key={month} ref={(cell) => shade(cell, value)} className="rounded px-1 py-1">
                    {value === undefined ? "" : signedPercent(value, 1)}
                  </td>
                );
              })}
              <td className="px-1 font-semibold">
                <Change value={year.value}>{signedPercent(year.value, 1)}</Change>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function shade(cell: HTMLTableCellElement | null, value: number | undefined): void {
  if (!cell) return;
  const strength = value === undefined ? 0 : Math.round(Math.min(Math.abs(value) / FULL, 1) * STRONGEST);
  const colour = (value ?? 0) > 0 ? "var(--rise)" : "var(--fall)";
  cell.style.backgroundColor = strength ? `color-mix(in srgb, ${colour} ${strength}%, var(--surface))` : "";
}
