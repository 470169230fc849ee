"use client";
/** Returns by month: a table that can be read aloud, shaded by how much it was; of the strategy, its benchmark, or the one over the other. */
import { useState } from "react";
import { signedPercent } from "@/format/numbers";
import type { Period } from "@/jobs/statistics";
import { Change } from "@/ui/change";
import { Choice } from "@/ui/choice";
import { useWords } from "@/words/language";
import { type Measure, WORDS } from "./chart-words";
import { hasBenchmark, measured, strength } from "./periods";

const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);
const MEASURES = ["own", "benchmark", "excess"] as const;

export function MonthlyTable({ monthly, yearly }: { monthly: readonly Period[]; yearly: readonly Period[] }) {
  const words = useWords(WORDS);
  const [measure, setMeasure] = useState<Measure>("own");
  const months = new Map(monthly.map((row) => [row.year * 100 + row.month, row]));
  return (
    <>
      {hasBenchmark(monthly) && (
        <div className="mb-2">
          <Choice
            label={words.measure}
            value={measure}
            onChange={setMeasure}
            options={MEASURES.map((value) => ({ value, label: words.measures[value] }))}
          />
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <div className="overflow-x-auto" role="region" aria-label={words.monthly} tabIndex={0}>
        <table className="w-full min-w-[46rem] border-separate border-spacing-0.5 text-right text-xs">
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
                {MONTHS.map((month) => (
                  <Month key={month} period={months.get(year.year * 100 + month)} measure={measure} />
                ))}
                <td className="px-1 font-semibold">
                  <Change value={measured(year, measure)}>{signedPercent(measured(year, measure), 1)}</Change>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Month({ period, measure }: { period: Period | undefined; measure: Measure }) {
  const words = useWords(WORDS);
  if (!period) return <td />;
  const value = measured(period, measure);
  const benchmark = period.benchmark === null ? null : signedPercent(period.benchmark);
  return (
    <td
      ref={(cell) => shade(cell, value)}
      title={words.monthTitle(String(period.sessions), signedPercent(period.value), benchmark)}
      className="rounded px-1 py-1.5"
    >
      {signedPercent(value, 1)}
    </td>
  );
}

function shade(cell: HTMLTableCellElement | null, value: number | null): void {
  if (!cell) return;
  const share = strength(value);
  const colour = (value ?? 0) > 0 ? "var(--rise)" : "var(--fall)";
  cell.style.backgroundColor = share ? `color-mix(in srgb, ${colour} ${share}%, var(--surface))` : "";
}
