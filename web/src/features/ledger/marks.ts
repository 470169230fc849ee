/** Where on a chart of bars the fills of a run stand, and at what height: traded prices are unadjusted, bars may be adjusted. */
import { sum } from "@/format/exact";
import type { Bar } from "./bars";
import { dayOf } from "./days";
import type { EventRow } from "./rows";

/** What happened in a bar. */
export interface Mark {
  /** Place of the bar. */
  index: number;
  buys: EventRow[];
  sells: EventRow[];
  refused: EventRow[];
  /** The factor changed: dividends or bonus shares. */
  isExDate: boolean;
}

/** The bar in which an instant lies, or the first one of a day; -1 where it lies before all of them or after. */
export function placeOf(bars: readonly Bar[], at: string): number {
  const isDay = at.length === 10;
  const wanted = isDay ? at : Date.parse(at);
  const reached = (bar: Bar) => (isDay ? bar.date >= wanted : Date.parse(bar.time) >= (wanted as number));
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const bar = bars[middle];
    if (bar && reached(bar)) high = middle;
    else low = middle + 1;
  }
  const found = bars[low];
  if (!found) return -1;
  // what lies before the first bar may belong to one that is not loaded
  return low === 0 && dayOf(at) < found.date ? -1 : low;
}

export function marksOf(bars: readonly Bar[], events: readonly EventRow[]): Mark[] {
  const found = new Map<number, Mark>();
  const at = (index: number): Mark => {
    const mark = found.get(index) ?? { index, buys: [], sells: [], refused: [], isExDate: false };
    found.set(index, mark);
    return mark;
  };
  for (const event of events) {
    const list = LISTS[event.kind];
    if (!list) continue;
    const index = placeOf(bars, event.time);
    if (index >= 0) at(index)[list].push(event);
  }
  for (let index = 1; index < bars.length; index++) {
    if (bars[index]?.factor !== bars[index - 1]?.factor) at(index).isExDate = true;
  }
  return [...found.values()].sort((one, other) => one.index - other.index);
}

const LISTS: Readonly<Record<string, "buys" | "sells" | "refused">> = {
  buy: "buys",
  sell: "sells",
  refused_buy: "refused",
  refused_sell: "refused",
};

export const sharesOf = (events: readonly EventRow[]): number =>
  events.reduce((shares, event) => shares + Math.abs(event.shares), 0);

/** The average price of fills as traded, weighted by shares. */
export function averagePrice(events: readonly EventRow[]): number | null {
  const shares = sharesOf(events);
  return shares ? sum(events.map((event) => event.value_yuan)) / shares : null;
}

/** A traded price on the scale of the shown bars. `anchor`: the factor that forward adjustment divides by. */
export function onScale(
  price: number,
  bar: Bar,
  adjust: "none" | "back" | "forward",
  anchor: number | undefined,
): number {
  if (adjust === "none") return price;
  return adjust === "back" ? price * bar.factor : (price * bar.factor) / (anchor ?? bar.factor);
}
