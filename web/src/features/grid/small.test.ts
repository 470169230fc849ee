import { expect, it } from "vitest";
import type { Metric } from "@/api/metrics";
import { isSmall } from "./small";

it("a figure of too few trades is small, one that is not there is not", () => {
  const winRate = { key: "win_rate", least: 30, of_what: "trades" } as Metric;
  expect(isSmall(winRate, { win_rate: 1, trades: 29 })).toBe(true);
  expect(isSmall(winRate, { win_rate: 1, trades: 30 })).toBe(false);
  expect(isSmall(winRate, { win_rate: null, trades: 0 })).toBe(false);
  expect(isSmall({ ...winRate, key: "pnl", least: 0, of_what: "" }, { pnl: 1, trades: 0 })).toBe(false);
  expect(isSmall(undefined, { win_rate: 1 })).toBe(false);
});
