/** Figures that say little because there is too little behind them, by what the API's catalogue demands of each. */
import type { Metric } from "./metrics";

type Stats = Readonly<Record<string, number | null>>;

export function isTooSmall(metric: Metric, stats: Stats): boolean {
  const behind = stats[metric.of_what];
  return metric.least > 0 && behind != null && behind < metric.least;
}

export function tooSmallOf(metrics: ReadonlyMap<string, Metric>, stats: Stats): string[] {
  return [...metrics.values()].filter((metric) => isTooSmall(metric, stats)).map((metric) => metric.key);
}
