import { expect, it } from "vitest";
import { bestOf } from "./best";

const same = { window: true, cash: true };
const best = (name: string, values: (number | null)[], of = same) => [...bestOf(name, values, of)];

it("knows which way is better, and that some figures have none", () => {
  expect(best("sharpe", [1, null, 2])).toEqual([2]);
  expect(best("max_dd", [-0.3, -0.1, -0.2])).toEqual([1]);
  expect(best("volatility", [0.3, 0.1, 0.1])).toEqual([1, 2]);
  expect(best("beta", [0.3, 0.1])).toEqual([]);
  expect([best("sharpe", [1, 1]), best("sharpe", [1, null])]).toEqual([[], []]);
});

it("compares no totals over different windows, and no amounts of different cash", () => {
  const windows = { window: false, cash: true };
  expect([best("return", [1, 2], windows), best("annual_return", [1, 2], windows)]).toEqual([[], [1]]);
  expect(best("pnl", [1, 2], { window: true, cash: false })).toEqual([]);
});
