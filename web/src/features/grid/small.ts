/** Which figures say little, because too few trades or sessions are behind them: as the catalogue of metrics tells it. */
import type { Metric } from "@/api/metrics";

type Stats = Readonly<Record<string, number | null>> | null | undefined;

export function isSmall(metric: Metric | undefined, stats: Stats): boolean {
  if (!metric || metric.least <= 0 || stats?.[metric.key] == null) return false;
  const behind = stats[metric.of_what];
  return behind != null && behind < metric.least;
}
