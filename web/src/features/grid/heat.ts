/** A map's cells, its scale of colours, and how a cursor moves over it. */
import { parameter } from "@/format/parameters";
import type { Heat } from "@/jobs/grid";

export interface Cell {
  x: number;
  y: number;
  value: number | null;
  run: string | null;
}

/** Viridis, which those who see red and green alike can read, too (https://bids.github.io/colormap/). */
export const VIRIDIS = ["#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725"];
const SHADES = 128;
let shades: readonly string[] | undefined;

/** Between two of the scheme's colours, channel by channel. */
function mixed(share: number): string {
  const place = share * (VIRIDIS.length - 1);
  const low = Math.min(VIRIDIS.length - 2, Math.floor(place));
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  const [from, to] = [VIRIDIS[low] ?? "", VIRIDIS[low + 1] ?? ""];
  const parts = [1, 3, 5].map((at) =>
    Math.round(channel(from, at) + (channel(to, at) - channel(from, at)) * (place - low)),
  );
  return `rgb(${parts.join(" ")})`;
}

/** The colour of a value within its map; where all are the same, the middle one. */
export function shadeOf(value: number, [low, high]: readonly [number, number]): string {
  shades ??= Array.from({ length: SHADES }, (_, index) => mixed(index / (SHADES - 1)));
  const share = high > low ? (value - low) / (high - low) : 0.5;
  return shades[Math.round(share * (SHADES - 1))] ?? "";
}

/** From here on the colours are bright enough for dark letters. */
const BRIGHT = 0.5;

export function cellAt(map: Heat, x: number, y: number): Cell {
  return { x, y, value: map.values[y]?.[x] ?? null, run: map.run_ids[y]?.[x] ?? null };
}

export function cellsOf(map: Heat): Cell[] {
  return map.values.flatMap((row, y) => row.map((_, x) => cellAt(map, x, y))).filter((cell) => cell.value !== null);
}

/** Least and most; a scale needs both, also where all cells are the same or there are none. */
export function extent(cells: readonly Cell[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { value } of cells) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 0];
}

export function isBright(value: number, [low, high]: readonly [number, number]): boolean {
  return high > low && (value - low) / (high - low) > BRIGHT;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Where a key leads: upwards is where the values of y become larger. Undefined: the key moves nothing. */
export function moved(map: Heat, from: Cell | null, key: string): Cell | undefined {
  const step = STEPS[key];
  if (!step) return undefined;
  const [width, height] = [map.x.values.length, map.values.length];
  if (!from) return cellAt(map, 0, 0);
  const within = (place: number, size: number) => Math.min(size - 1, Math.max(0, place));
  return cellAt(map, within(from.x + step[0], width), within(from.y + step[1], height));
}

/** The cell of these parameters, if the map has one. */
export function placeOf(map: Heat, params: Readonly<Record<string, number>>): Cell | null {
  for (const [name, value] of Object.entries(map.fixed)) if (params[name] !== value) return null;
  const x = map.x.values.indexOf(params[map.x.name] ?? Number.NaN);
  const y = map.y ? map.y.values.indexOf(params[map.y.name] ?? Number.NaN) : 0;
  return x < 0 || y < 0 ? null : cellAt(map, x, y);
}

/** Two different axes out of what varies: those that were asked for, else the first that are free. */
export function axesOf(
  names: readonly string[],
  across: string,
  down: string,
): { across: string; down: string | null } {
  const x = names.includes(across) ? across : (names.find((name) => name !== down) ?? names[0] ?? "");
  if (down === "-") return { across: x, down: null };
  const y = names.includes(down) && down !== x ? down : names.find((name) => name !== x);
  return { across: x, down: y ?? null };
}

/** Parameters of a cell, by the map's axes. */
export function placeText(map: Heat, { x, y }: { x: number; y: number }): string {
  const down = map.y ? `, ${map.y.name} = ${parameter(map.y.values[y])}` : "";
  return `${map.x.name} = ${parameter(map.x.values[x])}${down}`;
}
