import { describe, expect, it } from "vitest";
import type { Heat } from "@/jobs/grid";
import { axesOf, cellsOf, extent, isBright, moved, placeOf, shadeOf } from "./heat";

const MAP: Heat = {
  metric: "sharpe",
  x: { name: "fast", values: [5, 10, 20] },
  y: { name: "slow", values: [30, 60] },
  fixed: { stop: 0.1 },
  values: [
    [0.5, null, -1],
    [2, 1, 0],
  ],
  run_ids: [
    ["a", null, "c"],
    ["d", "e", "f"],
  ],
};

describe("a map", () => {
  it("has the cells that have a figure, and their extent", () => {
    const cells = cellsOf(MAP);
    expect(cells.map((cell) => cell.run)).toEqual(["a", "c", "d", "e", "f"]);
    expect(extent(cells)).toEqual([-1, 2]);
    expect(extent([])).toEqual([0, 0]);
    expect(isBright(1, [-1, 2])).toBe(true);
    expect(isBright(1, [1, 1])).toBe(false);
    expect([-1, 2, 0.5].map((value) => shadeOf(value, [-1, 2]))).toEqual([
      "rgb(68 1 84)",
      "rgb(253 231 37)",
      expect.stringMatching(/^rgb\(38 14\d 13\d\)$/),
    ]);
  });

  it("is walked over without falling off, upwards to larger values", () => {
    const first = moved(MAP, null, "ArrowUp");
    expect(first).toMatchObject({ x: 0, y: 0 });
    expect(moved(MAP, first ?? null, "ArrowUp")).toMatchObject({ x: 0, y: 1, run: "d" });
    expect(moved(MAP, first ?? null, "ArrowRight")).toMatchObject({ x: 1, y: 0, value: null, run: null });
    expect(moved(MAP, first ?? null, "ArrowLeft")).toMatchObject({ x: 0, y: 0 });
    expect(moved(MAP, first ?? null, "a")).toBeUndefined();
  });

  it("knows whether parameters are on it", () => {
    expect(placeOf(MAP, { fast: 20, slow: 60, stop: 0.1 })).toMatchObject({ x: 2, y: 1, run: "f" });
    expect(placeOf(MAP, { fast: 20, slow: 60, stop: 0.2 })).toBeNull();
    expect(placeOf(MAP, { fast: 7, slow: 60, stop: 0.1 })).toBeNull();
  });

  it("has two different axes, those asked for where they are there", () => {
    expect(axesOf(["a", "b", "c"], "", "")).toEqual({ across: "a", down: "b" });
    expect(axesOf(["a", "b", "c"], "c", "")).toEqual({ across: "c", down: "a" });
    expect(axesOf(["a", "b", "c"], "", "a")).toEqual({ across: "b", down: "a" });
    expect(axesOf(["a", "b", "c"], "b", "b")).toEqual({ across: "b", down: "a" });
    expect(axesOf(["a", "b"], "gone", "-")).toEqual({ across: "a", down: null });
    expect(axesOf(["a"], "", "")).toEqual({ across: "a", down: null });
  });
});
