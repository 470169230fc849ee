"use client";
/** Candles of one stock with the run's fills on them, the figures of the bar pointed at, and the fills to step through. */
import { useEffect, useMemo, useRef, useState } from "react";
import { count } from "@/format/numbers";
import type { Run } from "@/jobs/run";
import { Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { useAddress } from "./address";
import { BarLegend } from "./bar-legend";
import { useBars } from "./bars";
import { BarsTable } from "./bars-table";
import { Candles } from "./candles";
import { ADJUSTS, ChartControls } from "./chart-controls";
import { CHART_WORDS } from "./chart-words";
import { type Ground, isIntraday } from "./context";
import { dayOf } from "./days";
import { useRows } from "./ledger";
import { Preparing } from "./ledger-table";
import { around, type Look, lately, newest, nextFill } from "./looking";
import { markText } from "./mark-text";
import { marksOf, placeOf } from "./marks";
import { type EventRow, isFill } from "./rows";
import { StockFills } from "./stock-fills";
import { WORDS } from "./words";

interface Props {
  run: Run;
  ground: Ground;
  code: string;
  name: string;
}

export function KLine({ run, ground, code, name }: Props) {
  const words = useWords(CHART_WORDS);
  const shared = useWords(WORDS);
  const { get, set } = useAddress();
  const at = get("at");
  const until = get("until");
  const adjust = ADJUSTS.find((each) => each === get("adjust")) ?? "none";
  const frequency = get("bars") || ground.frequency;
  const asked = useMemo(
    () => ({ version: ground.version, code, frequency, adjust, end: ground.end }),
    [ground.version, code, frequency, adjust, ground.end],
  );
  // of whole sessions the window is few bars; of minutes only what is looked at is brought
  const since = isIntraday(frequency) || (at && dayOf(at) < ground.start) ? at : ground.start;
  const reading = useBars(asked, since);
  const { bars, earlier, hasEarlier } = reading;
  const asking = useMemo(() => ({ code }), [code]);
  const events = useRows(run.run_id, "events", { asked: asking, all: true });
  const marks = useMemo(() => marksOf(bars, events.rows), [bars, events.rows]);
  const [pointed, setPointed] = useState<number | null>(null);
  const [look, setLook] = useState<Look | null>(null);
  const anchor = reading.anchor?.factor;
  const shown = useMemo(
    () => ({
      bars,
      marks,
      intraday: isIntraday(frequency),
      adjust,
      anchor,
      withRefused: get("refused") === "1",
      words,
    }),
    [bars, marks, frequency, adjust, anchor, get, words],
  );
  const hasBars = bars.length > 0;
  const memory = useRef<Look | null>(null);
  const lookedAt = useRef("");
  useEffect(() => {
    const asks = `${at}|${until}|${frequency}`;
    // once: bars that come later do not move what is in sight
    if (!hasBars || lookedAt.current === asks) return;
    const there = at ? around(bars, at, until) : null;
    if (at && !there && hasEarlier) return; // it may be among the earlier ones
    const isFirst = lookedAt.current === "";
    lookedAt.current = asks;
    memory.current = null;
    if (there || isFirst || !at) setLook(there ?? newest());
  }, [hasBars, bars, at, until, frequency, hasEarlier]);

  const focus = at ? placeOf(bars, at) : -1;
  const last = until ? placeOf(bars, until) : focus;
  const shade = useMemo(() => (focus < 0 ? null : { from: focus, to: Math.max(focus, last) }), [focus, last]);
  const here = pointed ?? (focus < 0 ? bars.length - 1 : focus);
  const fills = useMemo(() => events.rows.filter(isFill), [events.rows]);
  const back = nextFill(fills, bars, focus, false);
  const forward = nextFill(fills, bars, focus, true);
  const step = (fill: EventRow | undefined) =>
    fill && set({ at: isIntraday(frequency) ? fill.time : fill.date, until: null });

  if (reading.error && !hasBars) return <Failure error={reading.error} again={reading.again} />;
  const mark = marks.find((each) => each.index === here);
  const isTable = get("form") === "table";
  const buys = fills.filter((row) => row.kind === "buy").length;
  return (
    <>
      <ChartControls
        ground={ground}
        frequency={frequency}
        adjust={adjust}
        anchor={reading.anchor?.time ?? null}
        isTable={isTable}
        onRange={(months) => setLook(lately(bars, months))}
        onStep={(isForward) => step(isForward ? forward : back)}
        steps={{ back: back !== undefined, forward: forward !== undefined }}
      />
      {(reading.loading || reading.preparing) && (
        <>
          {reading.preparing && <p role="status">{words.preparing}</p>}
          <Skeleton className="h-[34rem]" />
        </>
      )}
      {!reading.loading && !reading.preparing && !hasBars && <p className="text-ink-soft">{words.noBars}</p>}
      {hasBars && isTable && (
        <BarsTable bars={bars} marks={marks} adjust={adjust} intraday={isIntraday(frequency)} earlier={earlier} />
      )}
      {hasBars && !isTable && (
        <section className="rounded-lg border border-line bg-surface p-2">
          <BarLegend
            bar={bars[here]}
            mark={mark}
            adjust={adjust}
            intraday={isIntraday(frequency)}
            title={[code, name].filter(Boolean).join(" ")}
          />
          {focus >= 0 && (
            <p role="status" className="sr-only">
              {bars[focus]?.date}{" "}
              {markText(
                marks.find((each) => each.index === focus),
                { ...words, ...shared },
              )}
            </p>
          )}
          <Candles
            label={words.described(
              [code, name].filter(Boolean).join(" "),
              count(bars.length),
              count(buys),
              count(fills.length - buys),
            )}
            shown={shown}
            look={look}
            shade={shade}
            memory={memory}
            onPoint={setPointed}
            onStart={earlier}
          />
          {/* the library's licence asks for its notice and this link where the chart is seen */}
          <p className="px-1 pt-1 text-right text-xs text-ink-soft">
            {words.drawnBy}{" "}
            <a className="underline" href="https://www.tradingview.com/" rel="noreferrer">
              TradingView Lightweight Charts™
            </a>{" "}
            © 2025 TradingView, Inc.
          </p>
        </section>
      )}
      {events.preparing ? (
        <Preparing />
      ) : (
        <StockFills reading={events} intraday={isIntraday(ground.frequency)} at={at} />
      )}
    </>
  );
}
