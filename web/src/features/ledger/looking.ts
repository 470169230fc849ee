/** Which bars come into sight: around a fill, or the last months. */
import type { Bar } from "./bars";
import { placeOf } from "./marks";
import type { EventRow } from "./rows";

/**
 * A part of the bars that is to come into sight, counted from their end (-1: the last one), so that it stays the same part when earlier bars
 * come; another object each time it is asked for.
 */
export interface Look {
  from: number;
  to: number;
}

/** Beside what is looked at. */
const MARGIN = 30;
/** What was asked for without a place: as many bars as are easily told apart. */
const USUAL = 120;
const EMPTY_RIGHT = 3;

/** Around an instant or a day, and up to another one where it is told; null: it is not among the bars. */
export function around(bars: readonly Bar[], at: string, until: string): Look | null {
  const from = placeOf(bars, at);
  if (from < 0) return null;
  const to = until ? placeOf(bars, until) : from;
  return { from: from - MARGIN - bars.length, to: Math.max(to, from) + MARGIN - bars.length };
}

export const newest = (): Look => ({ from: -USUAL, to: EMPTY_RIGHT - 1 });

/** The last so many months of the bars; all of them without a number. */
export function lately(bars: readonly Bar[], months: number | null): Look {
  const last = bars.at(-1);
  const to = EMPTY_RIGHT - 1;
  if (months === null || !last) return { from: -bars.length, to };
  const day = new Date(`${last.date}T00:00:00Z`);
  day.setUTCMonth(day.getUTCMonth() - months);
  return { from: Math.max(placeOf(bars, day.toISOString().slice(0, 10)), 0) - bars.length, to };
}

/** The next fill after the bar of place `focus`, or the one before it; of no bar (-1) the first or the last of all. `fills` in their order. */
export function nextFill(
  fills: readonly EventRow[],
  bars: readonly Bar[],
  focus: number,
  forward: boolean,
): EventRow | undefined {
  const bar = bars[focus];
  if (!bar) return forward ? fills[0] : fills.at(-1);
  const end = Date.parse(bar.time);
  if (forward) return fills.find((fill) => Date.parse(fill.time) > end);
  const before = bars[focus - 1];
  return before && fills.findLast((fill) => Date.parse(fill.time) <= Date.parse(before.time));
}
