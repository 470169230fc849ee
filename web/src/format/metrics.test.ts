import { expect, it } from "vitest";
import { figure } from "./metrics";

it("shows a figure in its unit, and a sign where it is a gain", () => {
  const shown: [string, string, number | null, string][] = [
    ["return", "rate", 0.1234, "+12.34%"],
    ["max_dd", "rate", -0.2, "−20.00%"],
    ["volatility", "rate", 0.2, "20.00%"],
    ["pnl", "yuan", 1_234_567, "+123.46 万"],
    ["fees", "yuan", 987.5, "987.50"],
    ["sharpe", "ratio", 1.234, "1.23"],
    ["trades", "count", 1234, "1,234"],
    ["holding", "sessions", 12.34, "12.3"],
    ["max_dd_start", "date", 20240102, "2024-01-02"],
    ["sortino", "ratio", null, "–"],
  ];
  for (const [key, unit, value, text] of shown) expect(figure(key, unit, value, "zh")).toBe(text);
});
