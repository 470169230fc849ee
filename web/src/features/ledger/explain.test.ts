import { expect, it } from "vitest";
import { explain } from "./explain";
import type { EventRow } from "./rows";
import { KINDS } from "./terms";

const event = (row: Partial<EventRow>): EventRow => ({
  sequence: 1,
  date: "2020-01-10",
  time: "2020-01-10T07:00:00Z",
  phase: "fill",
  kind: "sell",
  order: null,
  ts_code: "609012.SH",
  reason: null,
  shares: 1500,
  price_yuan: 56.84,
  value_yuan: 85260,
  commission_yuan: 21.32,
  duty_yuan: 85.26,
  transfer_yuan: 1.71,
  tax_yuan: 0,
  explanation: "1500 shares at 56.840",
  ...row,
});

it("tells an event in Chinese, every figure as it is", () => {
  expect(explain(event({}), "zh")).toBe("1,500 股 × 56.84，成交额 85,260.00 元，佣金 21.32，印花税 85.26，过户费 1.71");
  expect(explain(event({ kind: "refused_buy", reason: "limit_up", price_yuan: 0 }), "zh")).toContain("涨停板");
  expect(
    explain(event({ kind: "placed", reason: "signal", shares: -200, price_yuan: 3.196, value_yuan: 0 }), "zh"),
  ).toBe("信号：卖出 200 股，委托价 3.196");
  expect(explain(event({ kind: "renamed", explanation: "was 600001.SH before: 100 shares" }), "zh")).toContain(
    "原代码 600001.SH",
  );
  expect(explain(event({}), "en")).toBe("1500 shares at 56.840");
});

it("has a Chinese sentence for every kind, and lets unknown ones speak for themselves", () => {
  for (const kind of Object.keys(KINDS)) {
    expect(explain(event({ kind, reason: "signal", explanation: "English" }), "zh"), kind).not.toBe("English");
  }
  expect(explain(event({ kind: "some_new_kind", explanation: "what it says" }), "zh")).toBe("what it says");
});
