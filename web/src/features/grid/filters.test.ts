import { describe, expect, it } from "vitest";
import { boundText, NO_FILTERS, passes, type Row, readBound, sorted, valuesOf } from "./filters";

function row(position: number, params: Record<string, number>, stats: Record<string, number | null> | null): Row {
  return {
    run_id: String(position),
    position,
    status: stats ? "succeeded" : "failed",
    params,
    stats,
    error: null,
    content_hash: null,
  };
}

const ROWS = [
  row(0, { fast: 5, slow: 20 }, { return: 0.1, sharpe: null }),
  row(1, { fast: 10, slow: 20 }, null),
  row(2, { fast: 5, slow: 40 }, { return: 0.3, sharpe: 1 }),
  row(3, { fast: 10, slow: 40 }, { return: 0.1, sharpe: -2 }),
];
const order = (rows: readonly Row[]) => rows.map((each) => each.position);

describe("sorting", () => {
  it("keeps runs without the figure last, whichever way", () => {
    expect(order(sorted(ROWS, { key: "stats.sharpe", descending: true }))).toEqual([2, 3, 0, 1]);
    expect(order(sorted(ROWS, { key: "stats.sharpe", descending: false }))).toEqual([3, 2, 0, 1]);
  });

  it("leaves equal ones in the grid's order, whichever way", () => {
    expect(order(sorted(ROWS, { key: "stats.return", descending: true }))).toEqual([2, 0, 3, 1]);
    expect(order(sorted(ROWS, { key: "params.fast", descending: true }))).toEqual([1, 3, 0, 2]);
  });
});

describe("filters", () => {
  it("a range takes its bounds in, and leaves out what has no figure", () => {
    const kept = (low: number | null, high: number | null) =>
      order(ROWS.filter((each) => passes(each, { ...NO_FILTERS, ranges: { return: { low, high } } })));
    expect(kept(0.1, null)).toEqual([0, 2, 3]);
    expect(kept(null, 0.1)).toEqual([0, 3]);
    expect(kept(0.11, 0.29)).toEqual([]);
  });

  it("values and ranges must hold together", () => {
    const filters = { values: { fast: [5] }, ranges: { sharpe: { low: 0, high: null } } };
    expect(order(ROWS.filter((each) => passes(each, filters)))).toEqual([2]);
  });

  it("knows the values of every parameter, ascending", () => {
    expect([...valuesOf([...ROWS].reverse())]).toEqual([
      ["fast", [5, 10]],
      ["slow", [20, 40]],
    ]);
  });

  it("reads bounds in the unit that is shown", () => {
    expect(readBound("7", "rate")).toEqual({ value: 0.07 });
    expect(readBound("−12.5%", "rate")).toEqual({ value: -0.125 });
    expect(readBound("1,200", "count")).toEqual({ value: 1200 });
    expect(readBound(" ", "rate")).toEqual({ value: null });
    expect(readBound("many", "ratio")).toBeNull();
    expect(boundText(0.07, "rate")).toBe("7");
  });
});
