import { describe, expect, it } from "vitest";
import { boxOf, cellUnder, type Layout, stepAcross, stepDown } from "./heat-layout";

const LAYOUT: Layout = { left: 40, top: 10, width: 1003, height: 561, columns: 100, rows: 37 };

describe("a map's layout", () => {
  it("fills the plot without seams, the first row at the bottom", () => {
    let right = LAYOUT.left;
    for (let column = 0; column < LAYOUT.columns; column++) {
      const box = boxOf(LAYOUT, column, 0);
      expect(box.x).toBe(right);
      right = box.x + box.width;
    }
    expect(right).toBe(LAYOUT.left + LAYOUT.width);
    const bottom = boxOf(LAYOUT, 0, 0);
    expect(bottom.y + bottom.height).toBe(LAYOUT.top + LAYOUT.height);
    expect(boxOf(LAYOUT, 0, LAYOUT.rows - 1).y).toBe(LAYOUT.top);
  });

  it("finds the cell again under its middle", () => {
    for (const [column, row] of [
      [0, 0],
      [99, 36],
      [37, 11],
    ] as const) {
      const { x, y, width, height } = boxOf(LAYOUT, column, row);
      expect(cellUnder(LAYOUT, x + width / 2, y + height / 2)).toEqual({ column, row });
    }
    expect(cellUnder(LAYOUT, 39, 100)).toBeNull();
    expect(cellUnder(LAYOUT, 100, 571)).toBeNull();
  });

  it("leaves out labels that would touch", () => {
    expect(stepAcross({ ...LAYOUT, columns: 5 }, ["10", "20"])).toBe(1);
    expect(stepAcross(LAYOUT, ["100", "0.125"])).toBe(5);
    expect(stepDown(LAYOUT)).toBe(1);
    expect(stepDown({ ...LAYOUT, rows: 100 })).toBe(3);
  });
});
