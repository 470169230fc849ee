import { expect, it } from "vitest";
import { clock, exact, signedExact, sum } from "./exact";

it("keeps every digit of a ledger", () => {
  expect([24.35, 1.95, 3.196, 0, 97416, -7918.41, 1_234_567.005, null].map(exact)).toEqual([
    "24.35",
    "1.95",
    "3.196",
    "0.00",
    "97,416.00",
    "−7,918.41",
    "1,234,567.005",
    "–",
  ]);
  expect([12.5, -0.005, 0, undefined].map(signedExact)).toEqual(["+12.50", "−0.005", "0.00", "–"]);
});

it("sums money exactly", () => {
  expect(0.1 + 0.2).not.toBe(0.3);
  expect(sum([0.1, 0.2])).toBe(0.3);
  expect(sum(Array(1000).fill(0.005))).toBe(5);
});

it("tells the time of day of the market", () => {
  expect(clock("2024-11-01T01:35:00Z")).toBe("09:35");
  expect(clock("2024-11-01T16:00:00Z")).toBe("00:00");
});
