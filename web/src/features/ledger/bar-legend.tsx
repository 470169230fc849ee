"use client";
/** The figures of the bar that is pointed at, and what was bought and sold in it. */
import { clock, exact } from "@/format/exact";
import { count, decimal, large } from "@/format/numbers";
import { Change } from "@/ui/change";
import { useLanguage, useWords } from "@/words/language";
import type { Adjust, Bar } from "./bars";
import { CHART_WORDS } from "./chart-words";
import { averagePrice, type Mark, sharesOf } from "./marks";
import type { EventRow } from "./rows";
import { WORDS } from "./words";

interface Props {
  bar: Bar | undefined;
  mark: Mark | undefined;
  adjust: Adjust;
  intraday: boolean;
  title: string;
}

/** Unadjusted prices as traded; adjusted ones are products, and shown to the cent. */
export const priceText = (value: number, adjust: Adjust) => (adjust === "none" ? exact(value) : decimal(value));

export function BarLegend({ bar, mark, adjust, intraday, title }: Props) {
  const words = useWords(CHART_WORDS);
  const language = useLanguage();
  if (!bar) return null;
  const prices = [
    [words.open, bar.open],
    [words.high, bar.high],
    [words.low, bar.low],
    [words.close, bar.close],
  ] as const;
  return (
    <div className="min-h-12 px-1 pb-1 text-xs">
      <dl aria-label={words.legend} className="flex flex-wrap gap-x-3 gap-y-0.5">
        <div className="font-semibold">
          <dt className="sr-only">{title}</dt>
          <dd>
            {title} · {bar.date}
            {intraday && ` ${clock(bar.time)}`}
          </dd>
        </div>
        {prices.map(([name, value]) => (
          <Figure key={name} name={name}>
            {priceText(value, adjust)}
          </Figure>
        ))}
        <Figure name={words.change}>
          <Change value={bar.change} />
        </Figure>
        <Figure name={words.volume}>{large(bar.volume, language)}</Figure>
        <Figure name={words.amount}>{large(bar.amount, language)}</Figure>
      </dl>
      <p className="flex flex-wrap gap-x-3">
        {mark && <Fills events={mark.buys} className="text-rise" side="buy" />}
        {mark && <Fills events={mark.sells} className="text-fall" side="sell" />}
        {mark?.isExDate && <span className="text-ink-soft">{words.exDate}</span>}
      </p>
    </div>
  );
}

function Figure({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex gap-1">
      <dt className="text-ink-soft">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Fills({ events, className, side }: { events: readonly EventRow[]; className: string; side: "buy" | "sell" }) {
  const words = useWords(CHART_WORDS);
  const shared = useWords(WORDS);
  if (events.length === 0) return null;
  return (
    <span className={className}>
      {shared[side]} {words.fill(count(sharesOf(events)), exact(averagePrice(events)))}
    </span>
  );
}
