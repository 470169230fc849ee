/** Parts of a curve: presets counted back from its last session, and what strategy and benchmark did within one. */
import type { Curve } from "@/jobs/statistics";
import type { Preset } from "./chart-words";

/** Places in the curve, both included. */
export interface Range {
  from: number;
  to: number;
}

export const PRESETS: readonly Preset[] = ["1m", "3m", "6m", "1y", "3y", "ytd", "all"];
const MONTHS: Partial<Record<Preset, number>> = { "1m": 1, "3m": 3, "6m": 6, "1y": 12, "3y": 36 };

/** 20240331 less a month is 20240229: as calendars go back. */
export function monthsBefore(date: number, months: number): number {
  const [year, month, day] = [Math.floor(date / 10000), Math.floor(date / 100) % 100, date % 100];
  const count = year * 12 + (month - 1) - months;
  const [into, at] = [Math.floor(count / 12), (count % 12) + 1];
  const last = new Date(Date.UTC(into, at, 0)).getUTCDate();
  return into * 10000 + at * 100 + Math.min(day, last);
}

/** The first place whose session is not before `date`. */
export function placeOf(sessions: readonly number[], date: number): number {
  let [low, high] = [0, sessions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sessions[middle] ?? 0) < date) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function presetRange(sessions: readonly number[], preset: Preset): Range {
  const to = sessions.length - 1;
  const last = sessions[to] ?? 0;
  if (preset === "all") return { from: 0, to };
  if (preset === "ytd") return { from: placeOf(sessions, Math.floor(last / 10000) * 10000), to };
  const before = monthsBefore(last, MONTHS[preset] ?? 0);
  return { from: placeOf(sessions, before + 1), to };
}

/** The preset that a range is; null: it was drawn by hand. */
export function presetOf(sessions: readonly number[], range: Range): Preset | null {
  const same = (preset: Preset) => {
    const found = presetRange(sessions, preset);
    return found.from === range.from && found.to === range.to;
  };
  return ["all" as const, ...PRESETS].find(same) ?? null;
}

/** A range with room at both sides, within the curve. */
export function around(range: Range, length: number): Range {
  const room = Math.max(5, Math.round((range.to - range.from) * 0.15));
  return { from: Math.max(0, range.from - room), to: Math.min(length - 1, range.to + room) };
}

/** What a chart tells when it was zoomed: places, or percent of the axis. */
export interface Zoomed {
  startValue?: number;
  endValue?: number;
  start?: number;
  end?: number;
  batch?: readonly Zoomed[];
}

/** The places in sight; asking the chart for all of its options would copy every point of it. */
export function zoomed({ batch, ...said }: Zoomed, length: number): Range {
  const { startValue, endValue, start = 0, end = 100 } = batch?.[0] ?? said;
  const place = (share: number) => Math.round((share / 100) * (length - 1));
  return { from: startValue ?? place(start), to: endValue ?? place(end) };
}

export interface Within {
  own: number;
  benchmark: number | null;
  excess: number | null;
  /** At most 0. */
  deepest: number;
}

/** From the close before the range to its last; before the first session that is the initial cash, the benchmark's too. */
export function within(curve: Curve, initial: number, { from, to }: Range): Within {
  const before = from > 0 ? (curve.equity[from - 1] ?? initial) : initial;
  const own = (curve.equity[to] ?? before) / before - 1;
  let [peak, deepest] = [before, 0];
  for (let place = from; place <= to; place++) {
    const value = curve.equity[place] ?? peak;
    peak = Math.max(peak, value);
    deepest = Math.min(deepest, value / peak - 1);
  }
  const begins = from > 0 ? (curve.benchmark?.[from - 1] ?? null) : curve.benchmark ? initial : null;
  const ends = curve.benchmark?.[to] ?? null;
  const benchmark = begins && ends !== null ? ends / begins - 1 : null;
  return { own, benchmark, excess: benchmark === null ? null : (1 + own) / (1 + benchmark) - 1, deepest };
}
