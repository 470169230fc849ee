import { expect, it } from "vitest";
import { curveOf, monthlyOf, type Shared, yearlyOf } from "./snapshot";

const shared = {
  sessions: ["2023-12-29", "2024-01-02"],
  equity: [1, 1.1],
  drawdown: [0, 0],
  benchmark_code: "000300.SH",
  benchmark: [null, 1.05],
  months: [
    { month: "2023-12", value: 0.1, benchmark: 0.2, sessions: 20 },
    { month: "2024-01", value: 0.1, benchmark: 0.05, sessions: 21 },
    { month: "2024-02", value: -0.1, benchmark: null, sessions: 15 },
  ],
} as unknown as Shared;

it("has the curve as charts take it", () => {
  const curve = curveOf(shared);
  expect(curve.sessions).toEqual([20231229, 20240102]);
  expect(curve.excess?.[0]).toBeNull();
  expect(curve.excess?.[1]).toBeCloseTo(1.1 / 1.05 - 1);
  expect(curveOf({ ...shared, benchmark: null }).excess).toBeNull();
});

it("makes years of months, one after the other", () => {
  const [before, after] = yearlyOf(monthlyOf(shared));
  expect(before).toMatchObject({ year: 2023, month: 0, sessions: 20 });
  expect(before?.benchmark).toBeCloseTo(0.2);
  expect(after).toMatchObject({ year: 2024, benchmark: null, sessions: 36 });
  expect(after?.value).toBeCloseTo(1.1 * 0.9 - 1);
});
