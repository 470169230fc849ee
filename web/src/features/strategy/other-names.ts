/** What other formula languages call what this one has, too: 通达信's capitals above all, which no letters make similar. */
const HERE: Readonly<Record<string, string>> = {
  MA: "sma(close, 20)",
  HHV: "highest(high, 20)",
  LLV: "lowest(low, 20)",
  TS_MAX: "highest(high, 20)",
  TS_MIN: "lowest(low, 20)",
  STDDEV: "std(close, 20)",
  STDEV: "std(close, 20)",
  CROSS: "cross_above(a, b)",
  CROSSOVER: "cross_above(a, b)",
  CROSSUNDER: "cross_below(a, b)",
  CROSSDOWN: "cross_below(a, b)",
  SHIFT: "ref(close, 1)",
  DELAY: "ref(close, 1)",
  IF: "if_else(condition, a, b)",
  IFF: "if_else(condition, a, b)",
  EXIST: "exists(condition, n)",
  BARSLAST: "days_since(condition)",
  BOLL: "boll_upper(close, 20, 2)",
  KDJ: "kdj_k(9, 3)",
  C: "close",
  O: "open",
  H: "high",
  L: "low",
  V: "volume",
  VOL: "volume",
  TURNOVER: "turnover_rate",
};

const UNKNOWN = /^unknown (?:function|name) '(.+)'$/;

/** In the API's English, as its other hints are. */
export function hintFor(message: string): string | null {
  const here = HERE[UNKNOWN.exec(message)?.[1]?.toUpperCase() ?? ""];
  return here ? `write ${here}` : null;
}
