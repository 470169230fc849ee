import { expect, it } from "vitest";
import { aligned, type Comparison, commonSpan, drawdownOf, haveOneWindow, overCommon } from "./align";

const long = [1.1, 1.2, 0.9, 1.8, 1.5];
const late = [null, null, 1.05, 1.0, null];
const of = (...curves: (number | null)[][]) =>
  ({
    sessions: ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08"],
    runs: curves.map((equity) => ({ equity, drawdown: equity.map((value) => value && 0) })),
    benchmarks: [{ code: "000300.SH", run_ids: [], values: [1, 2, 3, 4, 5] }],
    thinning: { method: "every_nth", step: 1, sessions: 5 },
  }) as unknown as Comparison;

it("lays runs over the sessions that all of them have, each from 1 at the close before", () => {
  const both = of(long, late);
  expect([commonSpan(both), haveOneWindow(both), haveOneWindow(of(long, long))]).toEqual([[2, 3], false, true]);
  const { axis, runs, benchmarks } = aligned(both, "common");
  expect(axis).toEqual(["2024-01-04", "2024-01-05"]);
  expect(runs[0]?.equity).toEqual([0.75, 1.5]);
  expect(runs[1]?.equity).toEqual([1.05, 1]); // it begins there, with its initial cash
  expect(benchmarks[0]?.values).toEqual([1.5, 2]);
  const told = overCommon(both);
  expect(told[0]).toEqual({ gain: 0.5, worst: -0.25 });
  expect(told[1]?.gain).toBe(0);
  expect(told[1]?.worst).toBeCloseTo(1 / 1.05 - 1);
});

it("counts sessions from where each run begins", () => {
  const { axis, runs, benchmarks } = aligned(of(long, late), "start");
  expect(axis).toEqual(["1", "2", "3", "4", "5"]);
  expect(runs[1]?.equity).toEqual([1.05, 1.0]);
  expect(benchmarks).toEqual([]);
});

it("stays on the calendar where runs have nothing in common", () => {
  const apart = of([1, 1.1, null, null, null], late);
  expect(commonSpan(apart)).toBeNull();
  expect(aligned(apart, "common").axis).toHaveLength(5);
});

it("measures a drawdown from the initial cash on", () => {
  expect(drawdownOf([0.9, 1.2, null, 0.6])).toEqual([0.9 - 1, 0, null, -0.5]);
});
