/** Where the cells and labels of a map stand, in pixels; the first row of values is at the bottom. */
import type { Heat } from "@/jobs/grid";

export interface Layout {
  left: number;
  top: number;
  width: number;
  height: number;
  columns: number;
  rows: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const TOP = 22;
/** Half of the last label. */
const RIGHT = 14;
const BOTTOM = 40;
const CELL = 34;
const LOWEST = 48;
const HIGHEST = 560;
/** Of the small letters that labels are written with. */
const LETTER = 7.2;
const APART = 12;
const LINE = 15;

export const plotHeight = (rows: number): number => Math.min(HIGHEST, Math.max(LOWEST, rows * CELL));
export const heightOf = (map: Heat): number => TOP + plotHeight(map.values.length) + BOTTOM;

export function layoutOf(map: Heat, width: number, labels: readonly string[]): Layout {
  const longest = labels.reduce((most, each) => Math.max(most, each.length), 1);
  const left = Math.min(Math.round(longest * LETTER) + 12, Math.round(width / 3));
  return {
    left,
    top: TOP,
    width: Math.max(1, width - left - RIGHT),
    height: plotHeight(map.values.length),
    columns: map.x.values.length,
    rows: map.values.length,
  };
}

/** Whole pixels, so that neighbours touch without a seam. */
export function boxOf({ left, top, width, height, columns, rows }: Layout, column: number, row: number): Box {
  const edge = (place: number, count: number, size: number) => Math.round((place * size) / count);
  const [from, to] = [edge(column, columns, width), edge(column + 1, columns, width)];
  const [upper, lower] = [edge(rows - 1 - row, rows, height), edge(rows - row, rows, height)];
  return { x: left + from, y: top + upper, width: to - from, height: lower - upper };
}

/** The cell under a point; null beside the map. */
export function cellUnder(layout: Layout, x: number, y: number): { column: number; row: number } | null {
  const { left, top, width, height, columns, rows } = layout;
  if (x < left || x >= left + width || y < top || y >= top + height) return null;
  return {
    column: Math.min(columns - 1, Math.floor(((x - left) * columns) / width)),
    row: Math.max(0, rows - 1 - Math.floor(((y - top) * rows) / height)),
  };
}

/** Every n-th label is written, so that none touches the next. */
export function stepAcross(layout: Layout, labels: readonly string[]): number {
  const longest = labels.reduce((most, each) => Math.max(most, each.length), 1);
  return Math.max(1, Math.ceil((longest * LETTER + APART) / (layout.width / layout.columns)));
}

export const stepDown = (layout: Layout): number => Math.max(1, Math.ceil(LINE / (layout.height / layout.rows)));
