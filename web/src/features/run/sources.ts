/** Where a run's earnings come from: the stocks that made most and cost most. */
import type { Group } from "@/jobs/statistics";

/** Of the API's thousandths. */
const LI = 1000;

export const yuanOf = (thousandths: number): number => thousandths / LI;

/** At most so many at each end; none is in both. */
export function extremes(groups: readonly Group[], most: number): { best: Group[]; worst: Group[] } {
  const sorted = [...groups].sort((one, other) => other.pnl - one.pnl);
  return {
    best: sorted.filter(({ pnl }) => pnl > 0).slice(0, most),
    worst: sorted
      .filter(({ pnl }) => pnl < 0)
      .reverse()
      .slice(0, most),
  };
}
