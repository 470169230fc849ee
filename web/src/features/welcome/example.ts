/** The strategy of the first page; it runs as it is. */
export const EXAMPLE = `name: dual-moving-average
params:
  ma_short: {default: 5, min: 2, max: 120}
  ma_long: {default: 20, min: 3, max: 250}
require: [ma_short < ma_long]
universe: {from: {all: true}, where: not is_st and listed_days > 60}
let:
  fast: sma(close, ma_short)
  slow: sma(close, ma_long)
entry: cross_above(fast, slow)
exit: cross_below(fast, slow)
rank: roc(close, 20)
portfolio: {max_positions: 10, sizing: equal}`;
