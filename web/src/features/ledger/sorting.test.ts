import { expect, it } from "vitest";
import type { TradeRow } from "./rows";
import { running, sorted, totals } from "./sorting";

const trade = (ts_code: string, pnl_yuan: number, fees_yuan = 0.1) => ({ ts_code, pnl_yuan, fees_yuan }) as TradeRow;

it("sorts by any column, equal rows in the ledger's order, the unknown last either way", () => {
  const rows = [
    { key: "a", value: 2 },
    { key: "b", value: null },
    { key: "c", value: -1 },
    { key: "d", value: 2 },
  ];
  const order = (descending: boolean) => sorted(rows, { key: "value", descending }).map((row) => row.key);
  expect(order(false)).toEqual(["c", "a", "d", "b"]);
  expect(order(true)).toEqual(["a", "d", "c", "b"]);
  expect(sorted(rows, undefined)).toBe(rows);
});

it("adds profits up to the thousandth", () => {
  const trades = [trade("a", 0.1), trade("b", 0.2), trade("c", -0.3)];
  expect(running(trades).map((row) => row.cumulative)).toEqual([0.1, 0.3, 0]);
  expect(totals(trades)).toEqual({ pnl: 0, fees: 0.3, wins: 2, count: 3 });
});
