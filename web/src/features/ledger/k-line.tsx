"use client";
/** Candles of one stock with the run's fills on them, the figures of the bar pointed at, and the fills to step through. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { count } from "@/format/numbers";
import type { Run } from "@/jobs/run";
import { Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { useAddress } from "./address";
import { BarLegend } from "./bar-legend";
import { useBars } from "./bars";
import { BarsTable } from "./bars-table";
import { Candles, type Look } from "./candles";
import { ADJUSTS, ChartControls } from "./chart-controls";
import { CHART_WORDS } from "./chart-words";
import { type Ground, isIntraday } from "./context";
import { useRows } from "./ledger";
import { Preparing } from "./ledger-table";
import { around, lately, newest, next } from "./looking";
import { marksOf } from "./marks";
import { StockFills } from "./stock-fills";

interface Props {
  run: Run;
  ground: Ground;
  code: string;
  name: string;
}

export function KLine({ run, ground, code, name }: Props) {
  const words = useWords(CHART_WORDS);
  const { get, set } = useAddress();
  const at = get("at");
  const until = get("until");
  const adjust = ADJUSTS.find((each) => each === get("adjust")) ?? "none";
  const frequency = get("bars") || ground.frequency;
  const asked = useMemo(
    () => ({ version: ground.version, code, frequency, adjust, end: ground.end }),
    [ground.version, code, frequency, adjust, ground.end],
  );
  const reading = useBars(asked, at);
  const { bars, earlier } = reading;
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
  // with other bars, or another place in the address, something else comes into sight; earlier bars of the same chart do not move it
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (!hasBars) return;
    const there = at ? around(bars, at, until) : null;
    if (there || !at || !earlier) setLook(there ?? newest(bars));
  }, [hasBars, at, until, frequency, adjust, at ? bars : null]);

  const here = pointed ?? look?.point ?? bars.length - 1;
  const places = useMemo(
    () => marks.filter((mark) => mark.buys.length + mark.sells.length > 0).map((mark) => mark.index),
    [marks],
  );
  const step = useCallback(
    (forward: boolean) => {
      const place = next(places, look?.point ?? (forward ? -1 : bars.length), forward);
      const bar = place === null ? undefined : bars[place];
      if (bar) set({ at: isIntraday(frequency) ? bar.time : bar.date, until: null });
    },
    [places, look, bars, frequency, set],
  );

  if (reading.error && !hasBars) return <Failure error={reading.error} again={reading.again} />;
  const mark = marks.find((each) => each.index === here);
  const isTable = get("form") === "table";
  const buys = events.rows.filter((row) => row.kind === "buy").length;
  const sells = events.rows.filter((row) => row.kind === "sell").length;
  return (
    <>
      <ChartControls
        ground={ground}
        frequency={frequency}
        adjust={adjust}
        anchor={reading.anchor?.time ?? null}
        isTable={isTable}
        onRange={(months) => setLook(lately(bars, months))}
        onStep={step}
        steps={{
          back: next(places, look?.point ?? bars.length, false) !== null,
          forward: next(places, look?.point ?? -1, true) !== null,
        }}
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
          <Candles
            label={words.described(
              [code, name].filter(Boolean).join(" "),
              count(bars.length),
              count(buys),
              count(sells),
            )}
            shown={shown}
            look={look}
            onPoint={setPointed}
            onStart={earlier}
          />
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
