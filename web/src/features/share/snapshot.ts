/** From what the API tells strangers of a run to what the charts of a run take. */
import type { Schemas } from "@/api/client";
import type { Curve, Period } from "@/jobs/statistics";

export type Shared = Schemas["SharedRun"];

/** 2024-01-02 as 20240102. */
export const sessionOf = (date: string): number => Number(date.replaceAll("-", ""));

/** The shared curve begins with 1, not with the cash. */
export const INITIAL = 1;

export function curveOf(shared: Shared): Curve {
  const benchmark = shared.benchmark;
  return {
    sessions: shared.sessions.map(sessionOf),
    equity: shared.equity,
    benchmark_code: shared.benchmark_code,
    benchmark,
    excess: benchmark ? shared.equity.map((value, place) => relative(value, benchmark[place])) : null,
    drawdown: shared.drawdown,
  };
}

/** What a run gained beyond its benchmark, as the platform's statistics have it: the ratio of both, less one. */
function relative(value: number, benchmark: number | null | undefined): number | null {
  return benchmark ? value / benchmark - 1 : null;
}

export function monthlyOf(shared: Shared): Period[] {
  return shared.months.map(({ month, ...rest }) => ({
    year: Number(month.slice(0, 4)),
    month: Number(month.slice(5, 7)),
    ...rest,
  }));
}

/** Months of a year one after the other; a year's benchmark is known where all of its months' are. */
export function yearlyOf(months: readonly Period[]): Period[] {
  const years = [...new Set(months.map((month) => month.year))];
  return years.map((year) => {
    const these = months.filter((month) => month.year === year);
    const grown = (values: readonly number[]) => values.reduce((product, value) => product * (1 + value), 1) - 1;
    const benchmarks = these.map((month) => month.benchmark).filter((value) => value !== null);
    return {
      year,
      month: 0,
      value: grown(these.map((month) => month.value)),
      benchmark: benchmarks.length === these.length ? grown(benchmarks) : null,
      sessions: these.reduce((sum, month) => sum + month.sessions, 0),
    };
  });
}
