import { describe, expect, it } from "vitest";
import type { Curve } from "@/jobs/statistics";
import { around, monthsBefore, presetOf, presetRange, within, zoomed } from "./ranges";

const sessions = [20231229, 20240102, 20240131, 20240229, 20240329];
const curve: Curve = {
  sessions,
  equity: [110, 121, 99, 105, 132],
  benchmark_code: "000300.SH",
  benchmark: [102, 100, null, 98, 110],
  excess: null,
  drawdown: [],
};

describe("parts of a curve", () => {
  it("go back as calendars do", () => {
    expect(monthsBefore(20240331, 1)).toBe(20240229);
    expect(monthsBefore(20240115, 12)).toBe(20230115);
    expect(monthsBefore(20240131, 2)).toBe(20231130);
    expect(monthsBefore(20241231, 12)).toBe(20231231);
  });

  it("are presets counted from the last session", () => {
    expect(presetRange(sessions, "1m")).toEqual({ from: 4, to: 4 });
    expect(presetRange(sessions, "ytd")).toEqual({ from: 1, to: 4 });
    expect(presetRange(sessions, "3y")).toEqual({ from: 0, to: 4 });
    expect(presetOf(sessions, { from: 1, to: 4 })).toBe("3m");
    expect(presetOf(sessions, { from: 0, to: 4 })).toBe("all");
    expect(presetOf(sessions, { from: 0, to: 3 })).toBeNull();
  });

  it("are measured from the close before them", () => {
    const all = within(curve, 100, { from: 0, to: 4 });
    expect(all.own).toBeCloseTo(0.32);
    expect(all.benchmark).toBeCloseTo(0.1);
    expect(all.excess).toBeCloseTo(0.2);
    expect(all.deepest).toBeCloseTo(99 / 121 - 1);
    const part = within(curve, 100, { from: 3, to: 4 });
    expect(part.own).toBeCloseTo(132 / 99 - 1);
    expect(part.benchmark).toBeNull(); // a gap of the benchmark
    expect(part.deepest).toBe(0);
  });

  it("have room at both sides, within the curve", () => {
    expect(around({ from: 2, to: 40 }, 100)).toEqual({ from: 0, to: 46 });
    expect(around({ from: 50, to: 98 }, 100).to).toBe(99);
  });

  it("are those that the chart was zoomed to, by places or by percent of the axis", () => {
    expect(zoomed({ startValue: 3, endValue: 7 }, 11)).toEqual({ from: 3, to: 7 });
    expect(zoomed({ start: 24, end: 100 }, 11)).toEqual({ from: 2, to: 10 });
    expect(zoomed({ batch: [{ start: 50, end: 90 }] }, 11)).toEqual({ from: 5, to: 9 });
  });
});
