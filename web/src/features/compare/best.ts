/** Which of several figures is the best, where there is a better at all. */
import type { Value } from "@/format/numbers";

const HIGHER = new Set([
  ...["pnl", "return", "annual_return", "excess_return", "alpha", "information_ratio", "sharpe", "sortino", "calmar"],
  ...["max_dd", "var_95", "cvar_95", "worst_session", "win_rate", "profit_factor", "payoff", "expectancy"],
  ...["positive_sessions"],
]);
const LOWER = new Set(["volatility", "max_dd_sessions", "cost_share", "fees"]);
/** They grow with the window (or the cash): over different ones none is better than another. */
const OF_THE_WHOLE = new Set([
  ...["pnl", "return", "excess_return", "max_dd", "max_dd_sessions", "worst_session", "fees"],
]);
const OF_THE_BENCHMARK = new Set(["excess_return", "alpha", "information_ratio"]);
const OF_THE_CASH = new Set(["pnl", "fees", "expectancy"]);

/** What the runs have in common. */
export interface Same {
  window: boolean;
  cash: boolean;
  benchmark: boolean;
}

/** The places of the best; none where all are equal, only one is known, or they cannot be compared. */
export function bestOf(name: string, values: readonly Value[], same: Same): ReadonlySet<number> {
  const better = HIGHER.has(name) ? 1 : LOWER.has(name) ? -1 : 0;
  const fair =
    (same.window || !OF_THE_WHOLE.has(name)) &&
    (same.cash || !OF_THE_CASH.has(name)) &&
    (same.benchmark || !OF_THE_BENCHMARK.has(name));
  const known = values.filter((value): value is number => value !== null && value !== undefined);
  if (!better || !fair || known.length < 2 || new Set(known).size < 2) return new Set();
  const best = better > 0 ? Math.max(...known) : Math.min(...known);
  return new Set(values.flatMap((value, place) => (value === best ? [place] : [])));
}
