import { expect, it } from "vitest";
import { bestOf } from "./best";

const same = { window: true, cash: true, benchmark: true };
const best = (name: string, values: (number | null)[], of = same) => [...bestOf(name, values, of)];

it("knows which way is better, and that some figures have none", () => {
  expect(best("sharpe", [1, null, 2])).toEqual([2]);
  expect(best("max_dd", [-0.3, -0.1, -0.2])).toEqual([1]);
  expect(best("volatility", [0.3, 0.1, 0.1])).toEqual([1, 2]);
  expect(best("beta", [0.3, 0.1])).toEqual([]);
  expect([best("sharpe", [1, 1]), best("sharpe", [1, null])]).toEqual([[], []]);
});

it("compares no totals over different windows, no amounts of different cash, no excess over different benchmarks", () => {
  const windows = { ...same, window: false };
  expect([best("return", [1, 2], windows), best("annual_return", [1, 2], windows)]).toEqual([[], [1]]);
  expect(best("pnl", [1, 2], { ...same, cash: false })).toEqual([]);
  const benchmarks = { ...same, benchmark: false };
  expect([best("alpha", [1, 2], benchmarks), best("sharpe", [1, 2], benchmarks)]).toEqual([[], [1]]);
});
