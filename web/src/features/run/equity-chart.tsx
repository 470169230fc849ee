"use client";
/** Equity with its benchmark, excess and drawdown; presets, a brush and the wheel choose the part that is shown and measured. */
import type { EChartsType } from "echarts/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { afterPaint } from "@/charts/after-paint";
import { Chart } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { leaveWheel } from "@/charts/wheel";
import { day } from "@/format/metrics";
import { count, percent } from "@/format/numbers";
import type { Curve, Drawdown } from "@/jobs/statistics";
import { Change } from "@/ui/change";
import { Choice } from "@/ui/choice";
import { useWords } from "@/words/language";
import { type Preset, WORDS } from "./chart-words";
import { rangeOf, worst } from "./drawdowns";
import { equityOption, heightOf, type Scale } from "./equity-option";
import { around, PRESETS, presetOf, presetRange, type Range, within, type Zoomed, zoomed } from "./ranges";

interface Props {
  curve: Curve;
  /** In the unit of the curve: what it began with. */
  initial: number;
  drawdowns?: readonly Drawdown[];
  /** Another one zooms to it. */
  focus?: Drawdown | null;
}

const NONE: readonly Drawdown[] = [];

export function EquityChart({ curve, initial, drawdowns = NONE, focus = null }: Props) {
  const words = useWords(WORDS);
  const all = useMemo(() => presetRange(curve.sessions, "all"), [curve]);
  const [scale, setScale] = useState<Scale>("linear");
  const [range, setRange] = useState<Range>(all);
  const shown = useRef(range);
  const chart = useRef<EChartsType | null>(null);
  const shaded = useMemo(() => worst(drawdowns).map((each) => rangeOf(each, curve.sessions)), [drawdowns, curve]);
  const names = useMemo(
    () => ({
      strategy: words.strategy,
      benchmark: `${words.benchmark} ${curve.benchmark_code ?? ""}`.trim(),
      excess: words.excess,
      underwater: words.underwater,
    }),
    [words, curve],
  );
  const option = useCallback(
    (palette: Palette) => equityOption(curve, initial, scale, shown.current, shaded, names, palette),
    [curve, initial, scale, shaded, names],
  );
  const keep = useCallback((next: Range) => {
    shown.current = next;
    setRange(next);
  }, []);
  const ready = useCallback(
    (drawn: EChartsType) => {
      chart.current = drawn;
      leaveWheel(drawn);
      drawn.on("datazoom", (event) => {
        const next = zoomed(event as Zoomed, curve.sessions.length);
        if (next.from !== shown.current.from || next.to !== shown.current.to) keep(next);
      });
    },
    [keep, curve],
  );
  const zoom = useCallback(
    (next: Range) => {
      keep(next);
      afterPaint(() => {
        if (!chart.current?.isDisposed()) {
          chart.current?.dispatchAction({ type: "dataZoom", startValue: next.from, endValue: next.to });
        }
      });
    },
    [keep],
  );
  useEffect(() => {
    if (focus) zoom(around(rangeOf(focus, curve.sessions), curve.sessions.length));
  }, [focus, curve, zoom]);

  const useful = PRESETS.filter((preset) => preset === "all" || presetRange(curve.sessions, preset).from > 0);
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <div className="max-w-full overflow-x-auto">
          <Choice<Preset | "">
            label={words.range}
            value={presetOf(curve.sessions, range) ?? ""}
            onChange={(preset) => preset && zoom(presetRange(curve.sessions, preset))}
            options={useful.map((value) => ({ value, label: words.presets[value] }))}
          />
        </div>
        <div className="ml-auto">
          <Choice
            label={words.scale}
            value={scale}
            onChange={setScale}
            options={[
              { value: "linear", label: words.linear },
              { value: "log", label: words.log },
            ]}
          />
        </div>
      </div>
      <Measured curve={curve} initial={initial} range={range} />
      <Chart
        label={`${words.equity}, ${words.excess}, ${words.underwater}`}
        option={option}
        height={heightOf(curve)}
        onReady={ready}
      />
      <p className="mt-1 text-xs text-ink-soft">
        {[shaded.length > 0 && words.shaded, words.brush].filter(Boolean).join(" · ")}
      </p>
    </>
  );
}

/** What the part in sight comes to, in figures. */
function Measured({ curve, initial, range }: { curve: Curve; initial: number; range: Range }) {
  const words = useWords(WORDS);
  const found = useMemo(() => within(curve, initial, range), [curve, initial, range]);
  return (
    <p className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-soft" data-measured="">
      <span className="text-ink">
        {day(curve.sessions[range.from])} – {day(curve.sessions[range.to])}
      </span>
      <span>{words.shown(count(range.to - range.from + 1))}</span>
      <span>
        {words.strategy} <Change value={found.own} />
      </span>
      {found.benchmark !== null && (
        <>
          <span>
            {words.benchmark} <Change value={found.benchmark} />
          </span>
          <span>
            {words.excess} <Change value={found.excess} />
          </span>
        </>
      )}
      <span>
        {words.worstWithin} <span className="text-ink">{percent(found.deepest)}</span>
      </span>
    </p>
  );
}
