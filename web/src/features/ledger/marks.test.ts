import { describe, expect, it } from "vitest";
import type { Bar } from "./bars";
import { averagePrice, marksOf, onScale, placeOf } from "./marks";
import type { EventRow } from "./rows";

const bar = (date: string, factor = 1, clock = "07:00:00.000Z"): Bar => ({
  time: `${date}T${clock}`,
  date,
  open: 10,
  high: 11,
  low: 9,
  close: 10,
  change: 0,
  volume: 100,
  amount: 1000,
  factor,
});
const event = (kind: string, time: string, shares = 100, value_yuan = 1000) =>
  ({ kind, time, shares, value_yuan, price_yuan: value_yuan / shares }) as EventRow;

describe("marks on bars", () => {
  const days = [bar("2024-01-02"), bar("2024-01-03"), bar("2024-01-05", 1.5)];

  it("stand in the bar of their instant or day", () => {
    expect(placeOf(days, "2024-01-03T07:00:00Z")).toBe(1);
    expect(placeOf(days, "2024-01-03")).toBe(1);
    expect(placeOf(days, "2024-01-04")).toBe(2);
    expect(placeOf(days, "2024-01-02T01:35:00Z")).toBe(0);
  });

  it("stand nowhere before the first bar or after the last", () => {
    expect(placeOf(days, "2023-12-29T07:00:00Z")).toBe(-1);
    expect(placeOf(days, "2024-01-08")).toBe(-1);
    expect(placeOf([], "2024-01-08")).toBe(-1);
  });

  it("find the week of a day", () => {
    const weeks = [bar("2024-01-05"), bar("2024-01-12")];
    expect(placeOf(weeks, "2024-01-09T07:00:00Z")).toBe(1);
  });

  it("are gathered by bar, with ex-dates where the factor changes", () => {
    const marks = marksOf(days, [
      event("buy", "2024-01-03T07:00:00Z"),
      event("buy", "2024-01-03T07:00:00Z", 300, 3300),
      event("sell", "2024-01-05T07:00:00Z"),
      event("refused_sell", "2024-01-03T07:00:00Z"),
      event("mark", "2024-01-03T07:00:00Z"),
    ]);
    expect(
      marks.map((mark) => [mark.index, mark.buys.length, mark.sells.length, mark.refused.length, mark.isExDate]),
    ).toEqual([
      [1, 2, 0, 1, false],
      [2, 0, 1, 0, true],
    ]);
    expect(averagePrice(marks[0]?.buys ?? [])).toBe(10.75);
    expect(averagePrice([])).toBeNull();
  });

  it("stand at the height of the scale that is shown", () => {
    const traded = bar("2024-01-03", 1.2);
    expect(onScale(10, traded, "none", undefined)).toBe(10);
    expect(onScale(10, traded, "back", undefined)).toBe(12);
    expect(onScale(10, traded, "forward", 1.5)).toBeCloseTo(8, 12);
  });
});
