/** What happened in a bar, in one line; prices are averages as traded. */
import { exact } from "@/format/exact";
import { count } from "@/format/numbers";
import { averagePrice, type Mark, sharesOf } from "./marks";
import type { EventRow } from "./rows";

interface MarkWords {
  buy: string;
  sell: string;
  fill: (shares: string, price: string) => string;
  refusedOrders: (count: string) => string;
  exDate: string;
}

export function markText(mark: Mark | undefined, words: MarkWords): string {
  if (!mark) return "";
  const fills = (side: string, events: readonly EventRow[]) =>
    events.length > 0 && `${side} ${words.fill(count(sharesOf(events)), exact(averagePrice(events)))}`;
  return [
    fills(words.buy, mark.buys),
    fills(words.sell, mark.sells),
    mark.refused.length > 0 && words.refusedOrders(count(mark.refused.length)),
    mark.isExDate && words.exDate,
  ]
    .filter(Boolean)
    .join(" · ");
}
