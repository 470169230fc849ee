/** All figures of a run, by what they are about; what the API may add one day stands at the end of its own group. */
import type { Metric } from "@/api/metrics";

export const GROUPS = {
  return: ["pnl", "return", "annual_return", "best_session", "worst_session", "positive_sessions", "sessions"],
  risk: [
    "volatility",
    "sharpe",
    "sortino",
    "calmar",
    "max_dd",
    "max_dd_start",
    "max_dd_trough",
    "max_dd_recovery",
    "max_dd_sessions",
    "var_95",
    "cvar_95",
    "skew",
    "kurtosis",
  ],
  relative: ["benchmark_return", "excess_return", "alpha", "beta", "information_ratio", "tracking_error"],
  trades: [
    "trades",
    "win_rate",
    "profit_factor",
    "payoff",
    "expectancy",
    "holding",
    "exposure",
    "time_in_market",
    "turnover",
    "refused",
  ],
  costs: ["fees", "commission", "stamp_duty", "transfer_fee", "cost_share", "dividends", "dividend_tax"],
} as const satisfies Record<string, readonly string[]>;

export type Group = keyof typeof GROUPS | "other";

export function grouped(metrics: ReadonlyMap<string, Metric>): [Group, Metric[]][] {
  const placed = new Set<string>(Object.values(GROUPS).flat());
  const found = (keys: readonly string[]) => keys.map((key) => metrics.get(key)).filter((each) => each !== undefined);
  const rest = [...metrics.values()].filter((each) => !placed.has(each.key));
  const groups: [Group, Metric[]][] = (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => [
    group,
    found(GROUPS[group]),
  ]);
  return [...groups, ["other", rest] as [Group, Metric[]]].filter(([, each]) => each.length > 0);
}
