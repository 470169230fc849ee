/** Figures that say little because there is too little behind them, by what the API's catalogue demands of each. */

type Stats = Readonly<Record<string, number | null>>;

/** A figure, and how many of what it takes to say anything; 0: it always does. */
export interface Demand {
  key: string;
  least: number;
  of_what: string;
}

export function isTooSmall(metric: Demand, stats: Stats): boolean {
  const behind = stats[metric.of_what];
  return metric.least > 0 && behind != null && behind < metric.least;
}

export function tooSmallOf(metrics: ReadonlyMap<string, Demand>, stats: Stats): string[] {
  return [...metrics.values()].filter((metric) => isTooSmall(metric, stats)).map((metric) => metric.key);
}
